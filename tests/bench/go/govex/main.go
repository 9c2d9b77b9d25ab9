// govex FILE: MB a second that go-vex parses of an OpenVEX document.
package main

import (
	"fmt"
	"os"

	"github.com/openvex/go-vex/pkg/vex"
	"vexlog.example/bench/timing"
)

func main() {
	data := timing.File(os.Args[1])
	best := timing.Best(func() error {
		_, err := vex.Parse(data)
		return err
	})
	fmt.Printf("%.6g\n", float64(len(data))/1e6/best)
}

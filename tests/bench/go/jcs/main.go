// jcs FILE: MB a second of input that gowebpki/jcs makes canonical.
package main

import (
	"fmt"
	"os"

	"github.com/gowebpki/jcs"
	"vexlog.example/bench/timing"
)

func main() {
	data := timing.File(os.Args[1])
	best := timing.Best(func() error {
		_, err := jcs.Transform(data)
		return err
	})
	fmt.Printf("%.6g\n", float64(len(data))/1e6/best)
}

// merge FILE...: seconds in which go-vex, as `vexctl merge`, reads documents,
// merges them and writes the one that comes out.
package main

import (
	"fmt"
	"io"
	"os"

	"github.com/openvex/go-vex/pkg/vex"
	"vexlog.example/bench/timing"
)

func main() {
	best := timing.Best(func() error {
		doc, err := vex.MergeFiles(os.Args[1:])
		if err != nil {
			return err
		}
		return doc.ToJSON(io.Discard)
	})
	fmt.Printf("%.6g\n", best)
}

// Package timing is bench.h for Go: the best time of a call over many short
// batches, so that both sides of a ratio are taken in the same way.
package timing

import (
	"fmt"
	"os"
	"time"
)

const (
	total = 300 * time.Millisecond
	batch = 2 * time.Millisecond
)

// Best is the seconds of one call.
func Best(call func() error) float64 {
	begin := time.Now()
	best := time.Hour.Seconds()
	size := 1
	for batches := 0; batches < 3 || time.Since(begin) < total; {
		start := time.Now()
		for i := 0; i < size; i++ {
			if err := call(); err != nil {
				Fail(err)
			}
		}
		took := time.Since(start)
		if took < batch/2 {
			size *= 2
			continue
		}
		batches++
		best = min(best, took.Seconds()/float64(size))
	}
	return best
}

// Fail ends the program: a wrong answer has no time.
func Fail(err error) {
	fmt.Fprintln(os.Stderr, err)
	os.Exit(1)
}

// File is all of a file.
func File(path string) []byte {
	data, err := os.ReadFile(path)
	if err != nil {
		Fail(err)
	}
	return data
}

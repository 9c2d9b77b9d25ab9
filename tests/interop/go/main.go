// govex DOCUMENT VERDICTS: reads an OpenVEX document with go-vex, the library
// inside Trivy, Grype and vexctl. Every statement must be valid, and each
// verdict (vulnerability, product, subcomponent or "", status; by tabs) must
// be the answer that those tools get, whether they ask for the newest
// matching statement or, as some do, for the oldest.
package main

import (
	"fmt"
	"os"
	"strings"

	"github.com/openvex/go-vex/pkg/vex"
)

// about tells a statement on exactly this from one that only matches it, such
// as one on every version.
func about(s *vex.Statement, product, sub string) bool {
	p := s.Products[0]
	if p.ID != product {
		return false
	}
	if sub == "" {
		return len(p.Subcomponents) == 0
	}
	return len(p.Subcomponents) == 1 && p.Subcomponents[0].ID == sub
}

func check(doc *vex.VEX, line string) error {
	want := strings.Split(line, "\t")
	if len(want) != 4 {
		return fmt.Errorf("%q has %d fields", line, len(want))
	}
	var subs []string
	if want[2] != "" {
		subs = []string{want[2]}
	}
	var found []vex.Statement
	for _, s := range doc.Matches(want[0], want[1], subs) {
		if about(&s, want[1], want[2]) {
			found = append(found, s)
		}
	}
	if len(found) != 1 {
		return fmt.Errorf("%s: %d statements match", line, len(found))
	}
	if string(found[0].Status) != want[3] {
		return fmt.Errorf("%s: it says %s", line, found[0].Status)
	}
	return nil
}

func run() error {
	doc, err := vex.Open(os.Args[1])
	if err != nil {
		return err
	}
	for i := range doc.Statements {
		if err := doc.Statements[i].Validate(); err != nil {
			return fmt.Errorf("statement %d: %w", i, err)
		}
	}
	text, err := os.ReadFile(os.Args[2])
	if err != nil {
		return err
	}
	lines := strings.Split(strings.TrimSpace(string(text)), "\n")
	for _, line := range lines {
		if err := check(doc, line); err != nil {
			return err
		}
	}
	if len(lines) != len(doc.Statements) {
		return fmt.Errorf("%d verdicts, %d statements", len(lines),
			len(doc.Statements))
	}
	fmt.Println(len(doc.Statements))
	return nil
}

func main() {
	if len(os.Args) != 3 {
		fmt.Fprintln(os.Stderr, "usage: govex DOCUMENT VERDICTS")
		os.Exit(2)
	}
	if err := run(); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

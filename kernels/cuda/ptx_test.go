package cuda

import (
	"bytes"
	"crypto/sha256"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"testing"
)

// The sum is that of _ptx, which is a module of its own; if the two part ways, this fails.
func TestThePTXIsOfTheseSources(t *testing.T) {
	names, err := filepath.Glob("*.cu*")
	if err != nil || len(names) == 0 {
		t.Fatalf("no sources: %v", err)
	}
	slices.Sort(names)
	sum := sha256.New()
	for _, name := range names {
		text, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		sum.Write(fmt.Appendf(nil, "%s %d\n", name, len(text)))
		sum.Write(text)
	}
	want := fmt.Appendf(nil, "\n// sources sha256 %x\n", sum.Sum(nil))
	for _, name := range []string{"kernels.ptx", "hopper.ptx", "hopper.elf"} {
		code, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		if !bytes.Contains(code, want) {
			t.Errorf("%s is of other sources: run go generate ./kernels/cuda, see CONTRIBUTING.md", name)
		}
	}
}

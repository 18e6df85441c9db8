package cpu

import (
	"os"
	"regexp"
	"strings"
	"testing"
)

// TestAVX2FunctionsUseAVX2Registers guards against what the generator does when it runs out of the 16 registers of AVX2:
// it takes those that AVX-512 adds, and a processor without it would stop with an illegal instruction.
func TestAVX2FunctionsUseAVX2Registers(t *testing.T) {
	source, err := os.ReadFile("kernels_amd64.s")
	if err != nil {
		t.Fatal(err)
	}
	beyond := regexp.MustCompile(`\b([XYZ](1[6-9]|2[0-9]|3[01])|Z[0-9]+|K[0-7])\b`)
	functions := 0
	for _, text := range strings.Split(string(source), "\nTEXT ")[1:] {
		name, _, _ := strings.Cut(text, "(")
		if !strings.HasSuffix(name, "AVX2") {
			continue
		}
		functions++
		if r := beyond.FindString(text); r != "" {
			t.Errorf("%s uses %s", name, r)
		}
	}
	if functions < 10 {
		t.Errorf("found only %d functions for AVX2", functions)
	}
}

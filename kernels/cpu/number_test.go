package cpu

import (
	"math"
	"testing"

	"github.com/x448/float16"
)

func TestEveryFloat16(t *testing.T) {
	for bits := range 1 << 16 {
		got, want := fromFloat16(uint16(bits)), float16.Frombits(uint16(bits)).Float32()
		if math.Float32bits(got) != math.Float32bits(want) && (got == got || want == want) {
			t.Fatalf("float16 %#04x is %v, want %v", bits, got, want)
		}
	}
}

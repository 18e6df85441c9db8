//go:build cuda

package cuda

import (
	"testing"

	"caucus/kernels"
	"caucus/kernels/kerneltest"
)

// newOps returns a constructor, or skips the test where there is no GPU.
func newOps(t *testing.T) func(kernels.Precision) kernels.Ops {
	t.Helper()
	return func(p kernels.Precision) kernels.Ops {
		o, err := New(Options{Precision: p})
		if err != nil {
			t.Skip(err)
		}
		return o
	}
}

func TestAFailedLaunchPanicsWithItsName(t *testing.T) {
	o := newOps(t)(kernels.Precision{}).(*ops)
	defer func() {
		failure, _ := recover().(error)
		wantError(t, failure, "cuLaunchKernel", "squared_relu", "2048")
		o.Close()
	}()
	o.launch(squaredReLU, 1, 1, 2048, 0, 0, 0, 0, o.P(), 0)
	o.flush()
}

func TestConformance(t *testing.T) { kerneltest.Run(t, newOps(t)) }

package model

import (
	"caucus/kernels"
)

// sizes is an Ops that keeps the shapes of what it is given and computes nothing: loading with it tells whether a checkpoint
// is whole, and how much memory it will take.
type sizes struct {
	kernels.Ops // nil: a model on these Ops is never run
	precision   kernels.Precision
}

// sized is a matrix without its numbers.
type sized struct {
	out, in int
	format  kernels.Format
}

func (m sized) Shape() (out, in int)   { return m.out, m.in }
func (m sized) Format() kernels.Format { return m.format }

// length is a buffer without its numbers.
type length int

func (n length) Len() int { return int(n) }

func (s sizes) Precision() kernels.Precision        { return s.precision.WithDefaults() }
func (sizes) NewBuffer(n int) kernels.Buffer        { return length(n) }
func (sizes) Upload(kernels.Buffer, int, []float32) {}
func (sizes) PrepareConv(*kernels.ConvWeights)      {}
func (sizes) PrepareMamba(*kernels.MambaWeights)    {}
func (sizes) PrepareMamba2(*kernels.Mamba2Weights)  {}
func (s sizes) NewMatrix(w kernels.Source) kernels.Matrix {
	return sized{w.Out, w.In, s.precision.Of(w)}
}
func (s sizes) NewGated(gate, up kernels.Source) kernels.Matrix {
	return s.NewMatrix(kernels.Stack(gate, up))
}

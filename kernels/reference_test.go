package kernels_test

import (
	"math"
	"testing"

	"caucus/kernels"
	"caucus/kernels/kerneltest"
)

func TestReferencePassesItsOwnSuite(t *testing.T) { kerneltest.Run(t, kernels.NewReferenceOf) }

func rows(stride int, values ...float32) kernels.View {
	return kernels.View{Buf: kernels.Vector(values), Stride: stride}
}

// near compares a result with values worked out by hand.
func near(t *testing.T, what string, got kernels.View, want ...float64) {
	t.Helper()
	for i, w := range want {
		if g := float64(got.Buf.(kernels.Vector)[i]); math.Abs(g-w) > 1e-6*(1+math.Abs(w)) {
			t.Errorf("%s: value %d is %v, want %v", what, i, g, w)
		}
	}
}

func TestReferenceLinearOperationsByHand(t *testing.T) {
	ref := kernels.NewReference()
	w := ref.NewMatrix(kernels.Dense([]float32{1, 2, 3, 4, 5, 6}, 3, 2))
	y := rows(3, 100, 100, 100)
	ref.MatMul(y, rows(2, 10, 1), 1, w)
	near(t, "matmul", y, 12, 34, 56)
	ref.MatMulAdd(y, rows(2, 1, 0), 1, w)
	near(t, "matmul added", y, 13, 37, 61)
	ref.RMSNorm(y, rows(2, 3, 4), 1, 2, kernels.Vector{1, 10}, 0)
	near(t, "rmsnorm", y, 3/math.Sqrt(12.5), 40/math.Sqrt(12.5))
	gate, up := kernels.Dense([]float32{0, 0, 0, 1}, 2, 2), kernels.Dense([]float32{1, 0, 3, 0}, 2, 2)
	ref.MatMulSwiGLU(y, rows(2, 1, 2), 1, ref.NewGated(gate, up))
	near(t, "swiglu", y, 0, 6/(1+math.Exp(-2)))
}

// One head of two channels; the second group of weights repeats x in its own way.
func TestReferenceMambaByHand(t *testing.T) {
	ref := kernels.NewReference()
	w := kernels.MambaWeights{
		Shape:  kernels.MambaShape{DInner: 2, DXB: 1, DState: 1, DTRank: 0, DConv: 2},
		ConvW:  []float32{1, 2, 0, 3},
		ConvB:  []float32{0, 1},
		DTBias: []float32{30, 30}, // the step is dt+30: softplus is the identity above 20
		A:      []float32{0, -math.Ln2 / 30},
		D:      []float32{5, 0},
	}
	ref.PrepareMamba(&w)
	// z0 z1 | x | B | C0 C1
	p := rows(6,
		40, 40, 1, 2, 1, 1,
		40, 40, 3, 1, 1, 10)
	y := rows(2, make([]float32, 4)...)
	ref.Mamba(y, p, rows(2, 0, 0, 0, 0), []kernels.Span{{Len: 2}}, &w, ref.NewMambaState(w.Shape, 1))
	silu := func(v float64) float64 { return v / (1 + math.Exp(-v)) }
	a1, b1 := silu(2*1), silu(3*1+1)     // convolution of token 1 by channel
	a2, b2 := silu(1*1+2*3), silu(3*3+1) // and of token 2
	near(t, "mamba", y,
		40*(60*a1+5*a1), 40*60*b1,
		40*(60*a1+30*a2+5*a2), 40*10*(60*b1/2+30*b2))
}

func TestReferenceAttentionByHand(t *testing.T) {
	ref := kernels.NewReference()
	shape := kernels.AttentionShape{Heads: 2, KVHeads: 1, HeadDim: 2, RopeTheta: 1e4}
	// q of two heads, k, v. Position 1 is rotated by 1 rad, so that a key (1,0) there and a query (1,0) still agree.
	qkv := rows(8,
		0, 0, 0, 0, 1, 0, 4, 8,
		1, 0, 0, 0, 1, 0, 0, 2)
	y := rows(4, make([]float32, 8)...)
	ref.Attention(y, qkv, []kernels.Span{{Len: 2, Pages: []int32{0}}}, shape, ref.NewKVCache(shape, 1))
	w0, w1 := math.Exp(math.Cos(1)/math.Sqrt2), math.Exp(1/math.Sqrt2)
	near(t, "attention", y, 4, 8, 4, 8,
		4*w0/(w0+w1), (8*w0+2*w1)/(w0+w1), 2, 5)
}

func TestReferenceSampleByHand(t *testing.T) {
	ref := kernels.NewReference()
	logits := rows(4, 0, float32(math.Log(2)), float32(math.Log(4)), float32(math.Log(1)))
	out := make([]kernels.Sampled, 1)
	ref.Sample(out, logits, 4, []kernels.Sampling{{}})
	// The probabilities are 1/8, 2/8, 4/8, 1/8: (3+2*2+4*1+3)/8 = 1.75 bits.
	want := kernels.Sampled{Token: 2, LogProb: float32(-math.Ln2), Entropy: float32(1.75 * math.Ln2)}
	if out[0].Token != want.Token || math.Abs(float64(out[0].LogProb-want.LogProb)) > 1e-6 ||
		math.Abs(float64(out[0].Entropy-want.Entropy)) > 1e-6 {
		t.Errorf("greedy gives %+v, want %+v", out[0], want)
	}
}

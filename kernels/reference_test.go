package kernels_test

import (
	"math"
	"slices"
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
		Shape:  kernels.MambaShape{DInner: 2, DXB: 1, DState: 1, DConv: 2},
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
	x, b, c := p, p, p
	x.Off, b.Off, c.Off = 2, 3, 4
	in := kernels.MambaInputs{Z: p, X: x, B: b, C: c, DT: rows(2, 0, 0, 0, 0)}
	ref.Mamba(y, in, []kernels.Span{{Len: 2}}, &w, ref.NewMambaState(w.Shape, 1))
	silu := func(v float64) float64 { return v / (1 + math.Exp(-v)) }
	a1, b1 := silu(2*1), silu(3*1+1)     // convolution of token 1 by channel
	a2, b2 := silu(1*1+2*3), silu(3*3+1) // and of token 2
	near(t, "mamba", y,
		40*(60*a1+5*a1), 40*60*b1,
		40*(60*a1+30*a2+5*a2), 40*10*(60*b1/2+30*b2))
}

// Two channels share B and C of two states; x comes convolved.
func TestReferencePlainMambaByHand(t *testing.T) {
	ref := kernels.NewReference()
	w := kernels.MambaWeights{
		Shape:  kernels.MambaShape{DInner: 2, DState: 2},
		DTBias: []float32{30, 30},
		A:      []float32{0, 0, -math.Ln2 / 30, 0},
		D:      []float32{0, 1},
	}
	ref.PrepareMamba(&w)
	in := kernels.MambaInputs{Z: rows(2, 40, 40, 40, 40), X: rows(2, 1, 2, 2, 1), B: rows(2, 1, 2, 1, 1),
		C: rows(2, 3, 1, 1, 1), DT: rows(2, 0, 0, 0, 0)}
	y := rows(2, make([]float32, 4)...)
	ref.Mamba(y, in, []kernels.Span{{Len: 2}}, &w, ref.NewMambaState(w.Shape, 1))
	near(t, "plain mamba", y,
		40*(3*30+60), 40*(3*60+120+2), // S is 30, 60 and 60, 120
		40*(90+120), 40*(60+150+1)) // 30+60, 60+60 and 60/2+30, 120+30
}

// Two heads of two elements share x and C, and have a B each.
func TestReferenceMamba2ByHand(t *testing.T) {
	ref := kernels.NewReference()
	w := kernels.Mamba2Weights{
		Shape:  kernels.Mamba2Shape{Heads: 2, HeadDim: 2, XHeads: 1, BGroups: 2, CGroups: 1, DState: 2},
		DTBias: []float32{30, 30},
		A:      []float32{0, -math.Ln2 / 30},
		D:      []float32{5, 0},
		MinDT:  20, MaxDT: 30,
	}
	ref.PrepareMamba2(&w)
	in := kernels.Mamba2Inputs{
		X:  rows(2, 1, 2, 3, 1, 1, 0),
		B:  rows(4, 1, 0, 0, 1, 0, 1, 1, 0, 0, 1, 0, 0),
		C:  rows(2, 1, 10, 2, 1, 0, 1),
		DT: rows(2, 0, 0, 8, 0, -99, -10), // the first head's are 30, then bounded by 30 and 20; the other's 30, 30, 20
	}
	y := rows(4, make([]float32, 12)...)
	ref.Mamba2(y, in, []kernels.Span{{Len: 2}, {Slot: 1, Row: 2, Len: 1}}, &w, ref.NewMamba2State(w.Shape, 2))
	near(t, "mamba2", y,
		30+5, 60+10, 300, 600, // S is 30, 0 | 60, 0 and 0, 30 | 0, 60
		60+90+15, 120+30+5, 180+15, 60+30, // 30, 90 | 60, 30 and 90, 15 | 30, 30
		20+5, 0, 0, 0)
}

func TestReferenceConvByHand(t *testing.T) {
	ref := kernels.NewReference()
	w := kernels.ConvWeights{Channels: 2, Taps: 3, W: []float32{1, 10, 100, 0, 0, 2}, B: []float32{0.5, -1}}
	ref.PrepareConv(&w)
	state := ref.NewConvState(2, 3, 1)
	x, y := rows(2, 1, 1, 2, 2, 3, 3, 4, 4), rows(2, make([]float32, 8)...)
	ref.Conv(y, x, []kernels.Span{{Len: 3}}, &w, state)
	ref.Conv(y, x, []kernels.Span{{Row: 3, Len: 1, Pos: 3}}, &w, state)
	silu := func(v float64) float64 { return v / (1 + math.Exp(-v)) }
	near(t, "conv", y, silu(100.5), silu(1), silu(210.5), silu(3), silu(321.5), silu(5), silu(432.5), silu(7))
}

func TestReferenceExpertsByHand(t *testing.T) {
	ref := kernels.NewReference()
	number := func(v float32) kernels.Source { return kernels.Dense([]float32{v}, 1, 1) }
	var experts []kernels.Expert
	for _, w := range [][3]float32{{0.5, 1, 1}, {1, 2, 1}, {-1, 3, 10}} {
		gateUp := ref.NewGated(number(w[0]), number(w[1]))
		experts = append(experts, kernels.Expert{GateUp: gateUp, Down: ref.NewMatrix(number(w[2]))})
	}
	scores := rows(3, 1, 3, 3, 1, 1, 1, float32(math.Log(3)), -9, 0)
	y := rows(1, 7, 7, 7)
	ref.Experts(y, rows(1, 2, 2, 2), scores, 3, experts, kernels.Routing{Chosen: 2, Normalize: true, Scale: 2})
	silu := func(v float64) float64 { return v / (1 + math.Exp(-v)) }
	first, second, third := 2*silu(1), 4*silu(2), 60*silu(-2) // what each makes of 2
	near(t, "experts", y, 7+second+third, 7+first+second, 7+2*(0.75*first+0.25*third))

	experts[1] = kernels.Expert{Up: ref.NewMatrix(number(3)), Down: ref.NewMatrix(number(0.5))}
	ref.Experts(y, rows(1, 2, -2), rows(3, 0, 0, 0, 0, 0, 0), 2, experts, kernels.Routing{Chosen: 2, Sigmoid: true})
	negative := -2 * silu(-1)
	near(t, "experts with a squared ReLU", y, 7+second+third+0.5*first+0.5*18, 7+first+second+0.5*negative)
}

func TestRoutingByHand(t *testing.T) {
	ln := func(v float64) float32 { return float32(math.Log(v)) }
	logit := func(p float64) float32 { return float32(math.Log(p / (1 - p))) }
	quarters := []float32{logit(0.25), logit(0.75), logit(0.5), logit(0.25)}
	for _, c := range []struct {
		name    string
		how     kernels.Routing
		scores  []float32
		chosen  []int
		weights []float64
	}{
		{"the largest", kernels.Routing{Normalize: true}, []float32{ln(1), ln(6), ln(1), ln(2)}, []int{1, 3}, []float64{0.75, 0.25}},
		{"of all", kernels.Routing{Scale: 2}, []float32{ln(1), ln(6), ln(1), ln(2)}, []int{1, 3}, []float64{1.2, 0.4}},
		{"lower numbers first", kernels.Routing{}, []float32{1, 1, 1, 1}, []int{0, 1}, []float64{0.25, 0.25}},
		{"far apart", kernels.Routing{}, []float32{-1e30, 1e30, -3e38, 0}, []int{1, 3}, []float64{1, 0}},
		{"sigmoids", kernels.Routing{Sigmoid: true, Scale: 2}, quarters, []int{1, 2}, []float64{1.5, 1}},
		{"their shares", kernels.Routing{Sigmoid: true, Normalize: true}, quarters, []int{1, 2}, []float64{0.6, 0.4}},
		{"no shares of nothing", kernels.Routing{Sigmoid: true, Normalize: true}, []float32{-999, -999, -999, -999}, []int{0, 1},
			[]float64{0, 0}},
		{"a bias chooses and does not weigh", kernels.Routing{Sigmoid: true, Bias: []float32{0, -0.75, 0, 0.5}}, quarters, []int{2, 3},
			[]float64{0.5, 0.25}},
		{"a bias of a softmax", kernels.Routing{Normalize: true, Bias: []float32{0, -9, 0, 0}}, []float32{ln(3), ln(6), 0, 0},
			[]int{0, 2}, []float64{0.75, 0.25}},
		{"the better of two groups", kernels.Routing{Groups: 2, ChosenGroups: 1}, []float32{ln(1), ln(6), ln(3), ln(4)}, []int{2, 3},
			[]float64{3. / 14, 4. / 14}},
		{"both groups", kernels.Routing{Groups: 2, ChosenGroups: 2}, []float32{ln(1), ln(6), ln(3), ln(4)}, []int{1, 3},
			[]float64{6. / 14, 4. / 14}},
		{"the first of equal groups", kernels.Routing{Groups: 3, ChosenGroups: 1}, []float32{0, 0, 2, 1, 1, 2}, []int{2, 3}, nil},
		{"groups by a bias", kernels.Routing{Sigmoid: true, Groups: 2, ChosenGroups: 1, Bias: []float32{0, 0, 0, 1}}, quarters,
			[]int{2, 3}, []float64{0.5, 0.25}},
		{"groups by two experts each", kernels.Routing{Groups: 2, ChosenGroups: 1}, []float32{1, 1, 1, 0, 1.5, 0}, []int{0, 1}, nil},
	} {
		chosen, weights := make([]int, 2), make([]float32, 2)
		c.how.Chosen = len(chosen)
		c.how.Route(chosen, weights, c.scores, make([]float32, c.how.Room(len(c.scores))))
		if !slices.Equal(chosen, c.chosen) {
			t.Errorf("%s: got experts %v, want %v", c.name, chosen, c.chosen)
		}
		near(t, c.name, rows(2, weights...), c.weights...)
	}
}

func TestReferenceRowOperationsByHand(t *testing.T) {
	ref := kernels.NewReference()
	y := rows(2, 1, -2, 3, 4)
	ref.MulRow(y, 2, kernels.Vector{10, 100})
	near(t, "mulrow", y, 10, -200, 30, 400)
	ref.AddRow(y, 2, kernels.Vector{-5, 205})
	near(t, "addrow", y, 5, 5, 25, 605)
	ref.Gate(y, rows(2, 0, 50, -50, 1), 2, 2)
	near(t, "gate", y, 0, 250, -25*50*math.Exp(-50), 605/(1+math.Exp(-1)))
	y = rows(2, 3, -3, 0, 0.5)
	ref.SquaredReLU(y, 2, 2)
	near(t, "squared relu", y, 9, 0, 0, 0.25)
}

func TestReferenceAttentionByHand(t *testing.T) {
	ref := kernels.NewReference()
	shape := kernels.AttentionShape{Heads: 2, KVHeads: 1, HeadDim: 2, Rope: kernels.Rope{Dim: 2, Theta: 1e4}}
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

// The scores at position 1 are ln 3 and 0.
func TestReferenceAttentionScalesByHand(t *testing.T) {
	ref := kernels.NewReference()
	shape := kernels.AttentionShape{Heads: 1, KVHeads: 1, HeadDim: 1, Scale: 2}
	qkv := rows(3, 0, float32(math.Log(3)/2), 4, 1, 0, 8)
	y := rows(1, 0, 0)
	ref.Attention(y, qkv, []kernels.Span{{Len: 2, Pages: []int32{0}}}, shape, ref.NewKVCache(shape, 1))
	near(t, "attention", y, 4, (3*4+8)/4)
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

package kernels

import (
	"cmp"
	"math"
)

// Buffer is a vector of float32 that lives where its Ops computes.
type Buffer interface {
	Len() int
}

// Matrix is a weight matrix [out, in] that an Ops has prepared for products: packed, converted or uploaded.
type Matrix interface {
	Shape() (out, in int)
	Format() Format // how its numbers are stored; never Stored
}

// View is rows of a Buffer: row r begins at Off + r*Stride.
type View struct {
	Buf    Buffer
	Off    int
	Stride int
}

// Expert is one MLP of a mixture, gated by silu or, without a gate, with a squared ReLU.
type Expert struct {
	GateUp Matrix // from NewGated, two of [width, d_model]; nil without a gate
	Up     Matrix // [width, d_model]; nil with a gate
	Down   Matrix // [d_model, width]
}

// Routing says which experts of a mixture a row takes, and how much of each. Those with the largest scores are chosen, the
// lower numbers first among equals.
type Routing struct {
	Chosen int // experts of a row

	// Sigmoid replaces each score by its sigmoid, which is the expert's weight, too. Otherwise the weights are the softmax of
	// the scores of all experts.
	Sigmoid   bool
	Normalize bool    // divides the weights of those chosen by their sum: then a softmax is that of the chosen alone
	Scale     float32 // factor of the weights; 0 stands for 1

	// Bias is added to the scores, as Sigmoid leaves them, for the choice alone; nil for none.
	Bias []float32
	// Groups are equal runs of experts. Only the ChosenGroups whose two best scores have the largest sums take part in the
	// choice. 0 and 1 let all take part.
	Groups, ChosenGroups int
}

// Span is a run of consecutive rows of a batch that are consecutive tokens of one sequence: one token in a decode step,
// a chunk of the prompt in a prefill. A batch is a list of spans; no slot appears twice in it.
type Span struct {
	Slot int // which recurrent state the tokens read and advance
	Row  int // first row of the batch
	Len  int // tokens
	Pos  int // position of the first token in its sequence

	// Pages is the sequence's page table in every KVCache: the keys and values of position p are row p%PageLen of page
	// Pages[p/PageLen]. It covers positions 0..Pos+Len-1, and the pages that are written have no other reader.
	Pages []int32
}

// PageLen is the number of positions in a page of a KVCache.
const PageLen = 32

// MambaShape gives the sizes of a Mamba-1 mixer: plain, with one B and one C for all channels, or grouped as in M1, with
// x and B that are repeated and a C for every head of DState channels. Then DInner is a multiple of DXB and DXB of DState.
type MambaShape struct {
	DInner int // channels of z and of the scan
	DXB    int // width of x and of B before they are repeated; 0 in plain Mamba
	DState int // N, states a channel
	DConv  int // taps of the causal convolution; 0 if x comes convolved and activated
}

// XWidth is the width of x.
func (s MambaShape) XWidth() int { return cmp.Or(s.DXB, s.DInner) }

// BWidth is the width of B.
func (s MambaShape) BWidth() int { return cmp.Or(s.DXB, s.DState) }

// CWidth is the width of C.
func (s MambaShape) CWidth() int {
	if s.DXB == 0 {
		return s.DState
	}
	return s.DInner
}

// MambaWeights are the parameters of the part of a Mamba-1 mixer between its projections.
type MambaWeights struct {
	Shape    MambaShape
	ConvW    []float32 // [DInner, DConv]; tap DConv-1 is the current token
	ConvB    []float32 // [DInner]; not read if DConv is 0
	DTBias   []float32 // [DInner], as it is to be added: M1 adds dt_proj.bias twice, so its loader doubles it
	A        []float32 // [DInner, DState], -exp(A_log)
	D        []float32 // [DInner]
	Prepared any       // what an Ops keeps for itself; set by PrepareMamba
}

// MambaInputs are the rows that a Mamba-1 mixer reads.
type MambaInputs struct {
	Z  View // [DInner]
	X  View // [XWidth]
	B  View // [BWidth]
	C  View // [CWidth]
	DT View // [DInner], without bias
}

// Mamba2Shape gives the sizes of a Mamba-2 mixer. A head of x, a group of B and one of C serve equally many heads each,
// one after the other: mostly XHeads is Heads and BGroups is CGroups, but M1's variant repeats x and B alone.
type Mamba2Shape struct {
	Heads, HeadDim           int
	XHeads, BGroups, CGroups int
	DState                   int // N, states an element of a head
}

// DInner is the width of y, all heads.
func (s Mamba2Shape) DInner() int { return s.Heads * s.HeadDim }

// XWidth is the width of x.
func (s Mamba2Shape) XWidth() int { return s.XHeads * s.HeadDim }

// BWidth is the width of B.
func (s Mamba2Shape) BWidth() int { return s.BGroups * s.DState }

// CWidth is the width of C.
func (s Mamba2Shape) CWidth() int { return s.CGroups * s.DState }

// Mamba2Weights are the parameters of the scan of a Mamba-2 mixer, one of each a head.
type Mamba2Weights struct {
	Shape        Mamba2Shape
	DTBias       []float32
	A            []float32 // -exp(A_log)
	D            []float32
	MinDT, MaxDT float32 // Δ is kept between them; MaxDT may be infinite
	Prepared     any     // what an Ops keeps for itself; set by PrepareMamba2
}

// Mamba2Inputs are the rows that the scan of a Mamba-2 mixer reads.
type Mamba2Inputs struct {
	X  View // [XWidth], convolved and activated as B and C are
	B  View // [BWidth]
	C  View // [CWidth]
	DT View // [Heads], without bias
}

// ConvWeights are the parameters of a causal convolution of every channel with its own taps.
type ConvWeights struct {
	Channels, Taps int
	W              []float32 // [Channels, Taps]; tap Taps-1 is the current token
	B              []float32 // [Channels]
	Prepared       any       // what an Ops keeps for itself; set by PrepareConv
}

// RecurrentState is what one layer's convolution or scan remembers in every slot; its layout is its Ops' own.
type RecurrentState interface{ Slots() int }

// AttentionShape gives the sizes of a grouped-query attention layer. Query head a reads key-value head a/(Heads/KVHeads).
type AttentionShape struct {
	Heads, KVHeads, HeadDim int
	Scale                   float32 // of q·k; 0 stands for 1/sqrt(HeadDim)
	Rope                    Rope
}

// QKV is the width of the fused projection's output, q|k|v.
func (s AttentionShape) QKV() int { return (s.Heads + 2*s.KVHeads) * s.HeadDim }

// ScoreScale is the factor of q·k.
func (s AttentionShape) ScoreScale() float64 {
	if s.Scale != 0 {
		return float64(s.Scale)
	}
	return 1 / math.Sqrt(float64(s.HeadDim))
}

// KVCache holds the keys and values of one attention layer in pages of PageLen positions.
type KVCache interface{ Pages() int }

// Sampling says how one row's next token is drawn. The steps are applied in the order of the fields.
type Sampling struct {
	Temperature float32 // logits are divided by it; 0 takes the most probable token
	TopK        int     // keep the k most probable tokens; 0 keeps all
	TopP        float32 // keep the smallest set with at least this probability; 0 or 1 keeps all
	MinP        float32 // keep tokens with at least MinP times the largest probability; 0 keeps all
	Uniform     float32 // the row's random number in [0,1)
}

// Sampled is a drawn token with two figures of the model's own distribution (temperature 1, nothing cut off).
type Sampled struct {
	Token   int32
	LogProb float32 // natural log of the token's probability
	Entropy float32 // of the distribution, in nats
}

// Ops is everything a model's forward pass computes. All methods work on float32 and finish before they return (or
// before any later method that reads the result runs). Row r of every result depends on row r of the inputs and on the
// state named by r's span alone, with reductions in a fixed order: neither the batch around a row nor the number of
// threads changes a bit of it. Misuse (shapes that do not fit) panics; it is a defect of the caller.
type Ops interface {
	// Name says which implementation this is, for reports: "cpu/avx2, 2 threads".
	Name() string
	// Precision is what it was made with, KV not Stored.
	Precision() Precision

	NewBuffer(n int) Buffer
	Upload(dst Buffer, off int, src []float32)
	Download(dst []float32, src Buffer, off int)

	// NewMatrix reads a weight matrix and keeps it in the form of the Ops' Precision.
	NewMatrix(w Source) Matrix

	// Embed copies row tokens[r] of table to row r of y.
	Embed(y View, table Matrix, tokens []int32)

	// MatMul is y[r,o] = sum_i x[r,i] w[o,i]; MatMulAdd is y[r,o] += the same.
	MatMul(y, x View, rows int, w Matrix)
	MatMulAdd(y, x View, rows int, w Matrix)

	// RMSNorm is y[r,i] = x[r,i] / sqrt(mean_i(x[r,i]^2) + eps) * weight[i], i < n.
	RMSNorm(y, x View, rows, n int, weight Buffer, eps float32)

	// NewGated prepares two matrices of one shape for MatMulSwiGLU alone. Its Shape is that of up below gate.
	NewGated(gate, up Source) Matrix
	// MatMulSwiGLU is y[r,o] = silu(sum_i x[r,i] gate[o,i]) * sum_i x[r,i] up[o,i].
	MatMulSwiGLU(y, x View, rows int, w Matrix)

	// MulRow is y[r,i] *= by[i], AddRow y[r,i] += b[i].
	MulRow(y View, rows int, by Buffer)
	AddRow(y View, rows int, b Buffer)
	// Gate is y[r,i] *= silu(z[r,i]), i < n.
	Gate(y, z View, rows, n int)
	// SquaredReLU is y[r,i] = max(y[r,i], 0)^2, i < n.
	SquaredReLU(y View, rows, n int)
	// Experts adds to y[r] what the experts that scores[r] choose make of x[r]: y[r] += sum_e weight[e] * Down_e(act(x[r])),
	// with the experts and weights of [Routing.Route].
	Experts(y, x, scores View, rows int, experts []Expert, how Routing)

	// PrepareConv lets the Ops derive what it keeps in w.Prepared.
	PrepareConv(w *ConvWeights)
	NewConvState(channels, taps, slots int) RecurrentState
	// Conv is y[t,c] = silu(B[c] + sum_j W[c,j] * x[t-Taps+1+j, c]), with the state of every span's slot for the tokens
	// before the span. As in the scans, a span with Pos 0 starts from the zero state whatever the slot held.
	Conv(y, x View, spans []Span, w *ConvWeights, state RecurrentState)

	// PrepareMamba lets the Ops derive what it keeps in w.Prepared.
	PrepareMamba(w *MambaWeights)
	NewMambaState(shape MambaShape, slots int) RecurrentState
	// Mamba is a Mamba-1 mixer between its projections: convolution, selective scan, skip and gate. It advances the state
	// of every span's slot and writes y [DInner].
	Mamba(y View, in MambaInputs, spans []Span, w *MambaWeights, state RecurrentState)

	// PrepareMamba2 lets the Ops derive what it keeps in w.Prepared.
	PrepareMamba2(w *Mamba2Weights)
	NewMamba2State(shape Mamba2Shape, slots int) RecurrentState
	// Mamba2 is the selective scan and the skip of a Mamba-2 mixer. It advances the state of every span's slot and writes
	// y [DInner].
	Mamba2(y View, in Mamba2Inputs, spans []Span, w *Mamba2Weights, state RecurrentState)

	// CopyState copies slot src of a state to slot dst.
	CopyState(state RecurrentState, dst, src int)

	NewKVCache(shape AttentionShape, pages int) KVCache
	// Attention rotates q and k of rows q|k|v by their positions, appends k and v to the cache and writes the causal
	// attention of every row over its sequence to y [Heads*HeadDim].
	Attention(y, qkv View, spans []Span, shape AttentionShape, cache KVCache)
	// CopyPage copies page src of a cache to page dst.
	CopyPage(cache KVCache, dst, src int)

	// Sample draws a token from each row of logits [n].
	Sample(out []Sampled, logits View, n int, how []Sampling)

	// Close stops the workers and frees what the Ops holds. Nothing may be called after it.
	Close()
}

package kernels

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

// MambaShape gives the sizes of a Mamba-1 mixer with grouped x and B (M1). DInner and DXB are multiples of DState;
// DInner is a multiple of DXB.
type MambaShape struct {
	DInner int // channels of z, C, the convolution and the scan
	DXB    int // width of x and of B before they are repeated
	DState int // N, states a channel
	DTRank int // width of r, the input of dt_proj
	DConv  int // taps of the causal convolution
}

// InProj is the width of in_proj's output, z|x|B|C|r.
func (s MambaShape) InProj() int { return 2*s.DInner + 2*s.DXB + s.DTRank }

// MambaWeights are the parameters of the part of a Mamba mixer between its projections.
type MambaWeights struct {
	Shape    MambaShape
	ConvW    []float32 // [DInner, DConv]; tap DConv-1 is the current token
	ConvB    []float32 // [DInner]
	DTBias   []float32 // [DInner], as it is to be added: M1 adds dt_proj.bias twice, so its loader doubles it
	A        []float32 // [DInner, DState], -exp(A_log)
	D        []float32 // [DInner]
	Prepared any       // what an Ops keeps for itself; set by PrepareMamba
}

// MambaState is the recurrent state of one Mamba layer for every slot; its layout is its Ops' own.
type MambaState interface{ Slots() int }

// AttentionShape gives the sizes of a grouped-query attention layer. Query head a reads key-value head a/(Heads/KVHeads).
type AttentionShape struct {
	Heads, KVHeads, HeadDim int
	RopeTheta               float64 // base of the rotary embedding over the whole head, halves rotated (NeoX)
}

// QKV is the width of the fused projection's output, q|k|v.
func (s AttentionShape) QKV() int { return (s.Heads + 2*s.KVHeads) * s.HeadDim }

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

	// PrepareMamba lets the Ops derive what it keeps in w.Prepared.
	PrepareMamba(w *MambaWeights)
	NewMambaState(shape MambaShape, slots int) MambaState
	// Mamba is the mixer between in_proj and out_proj: convolution, selective scan, skip and gate. It reads p, rows of
	// z|x|B|C|r, and dt, rows of dt_proj(r) without bias [DInner]; it advances the state of every span's slot and writes
	// y [DInner]. A span with Pos 0 starts from the zero state whatever the slot held.
	Mamba(y, p, dt View, spans []Span, w *MambaWeights, state MambaState)
	// CopyMambaState copies slot src of a state to slot dst.
	CopyMambaState(state MambaState, dst, src int)

	NewKVCache(shape AttentionShape, pages int) KVCache
	// Attention rotates q and k of rows q|k|v by their positions, appends k and v to the cache and writes the causal
	// attention of every row over its sequence to y [Heads*HeadDim], scaled by 1/sqrt(HeadDim).
	Attention(y, qkv View, spans []Span, shape AttentionShape, cache KVCache)
	// CopyPage copies page src of a cache to page dst.
	CopyPage(cache KVCache, dst, src int)

	// Sample draws a token from each row of logits [n].
	Sample(out []Sampled, logits View, n int, how []Sampling)

	// Close stops the workers and frees what the Ops holds. Nothing may be called after it.
	Close()
}

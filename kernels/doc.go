// Package kernels says what a forward pass computes: the [Ops] interface, its shapes, and [NewReference], the plain Go
// loops that are its specification. Faster implementations (kernels/cpu, kernels/cuda) compute the same and pass
// the suite of kernels/kerneltest; a model is written over Ops and knows none of them.
//
//	ops := kernels.NewReference()
//	w := ops.NewMatrix(kernels.Dense(weights, out, in))
//	ops.MatMul(y, x, rows, w)
//
// An Ops belongs to one goroutine. A batch is rows of a [Buffer], each row one token; all values are float32, but for
// weights, keys and values, which may be stored in fewer bits ([Precision]).
//
// # Glossary
//
// The letters are those of the Mamba paper (arXiv 2312.00752, algorithm 2) and of M1 (arXiv 2504.10449).
//
//	u        [d_model]      a token's residual stream after the layer's norm
//	z        [DInner]       gate
//	x        [DXB]          input of the convolution, narrow: every N values serve R heads
//	B        [DXB]          how x enters the state, as narrow as x
//	C        [DInner]       how the state is read
//	r        [DTRank]       what dt_proj widens to dt
//	Δ        [DInner]       step size, softplus(dt + bias)
//	A        [DInner, N]    -exp(A_log): decay rates
//	D        [DInner]       skip connection
//	S        [DInner, N]    the recurrent state (h in the paper)
//	N        DState         states a channel
//	R        DInner/DXB     how often a block of x and B is repeated
//	K        DConv          taps of the causal convolution
//	d, n                    a channel, a state of it
//	h, g                    head h = d/N of N channels; its group g = h/R of x and B
//
// # Mamba mixer
//
// [Ops.Mamba] is everything between in_proj, which makes the row z|x|B|C|r, and out_proj. For the token t of a sequence
// and every channel d, with h = d/N, g = h/R, and s = N*g + d%N the channel of x that d repeats:
//
//	xc[d]   = silu(ConvB[d] + sum_j ConvW[d,j] * x[t-K+1+j][s])     j < K; x before the sequence is 0
//	Δ[d]    = softplus(dt[d] + DTBias[d])
//	S[d,n]  = exp(Δ[d]*A[d,n]) * S[d,n] + Δ[d] * xc[d] * B[N*g+n]
//	y[d]    = (sum_n S[d,n]*C[N*h+n] + D[d]*xc[d]) * silu(z[d])
//
// where silu(v) = v/(1+exp(-v)) and softplus(v) = log(1+exp(v)), taken as v above 20.
//
// Four things are easily got wrong. M1 adds dt_proj's bias twice; DTBias holds the sum, since other models add it once.
// x is repeated before the convolution, so its weights differ between the repeats, but the history need only keep the
// narrow x. B and C are neither convolved nor activated, unlike Mamba-2's. And y reads the state after its update.
//
// # Attention
//
// Query head a reads key-value head a/(Heads/KVHeads). Element k < HeadDim/2 of a head of q or k and element
// k+HeadDim/2 are rotated by the angle pos*RopeTheta^(-2k/HeadDim); M1 has no further scaling of the angles, whatever
// its config.json says. Keys and values lie in pages of [PageLen] positions, which sequences may share.
//
// # Numerics
//
// A row's result may not depend on the rows around it or on the number of threads, not even in the last bit: every
// sum is taken in an order that only its length decides. A chunk of a prompt therefore gives exactly the state that its
// tokens give one by one. Implementations differ from the reference by rounding only; kerneltest states how much. The
// one thing on which all agree exactly is the token drawn from given logits: [Weight] turns them into integers, whose
// sums are the same in any order.
package kernels

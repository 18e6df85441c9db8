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
//	x        [XWidth]       input of the convolution; where it is narrow, every N values serve R heads
//	B        [BWidth]       how x enters the state
//	C        [CWidth]       how the state is read
//	r        [dt_rank]      what dt_proj of a Mamba-1 mixer widens to dt
//	Δ        [DInner]       step size, softplus(dt + bias); one a head in Mamba-2
//	A        [DInner, N]    -exp(A_log): decay rates; one a head in Mamba-2
//	D        [DInner]       skip connection; one a head in Mamba-2
//	S        [DInner, N]    the recurrent state (h in the papers)
//	N        DState         states a channel
//	P        HeadDim        channels of a head in Mamba-2
//	R        DInner/DXB     how often a block of x and B is repeated in M1
//	K        DConv          taps of the causal convolution
//	d, n, t                 a channel, a state of it, a token
//	h, g                    a head; the group that it shares x, B or C in
//
// # Mamba-1 mixer
//
// [Ops.Mamba] is what lies between the projections. M1 and its kin have in_proj make the row z|x|B|C|r; with h = d/N, g = h/R,
// and s = N*g + d%N the channel of x that d repeats, for the token t of a sequence and every channel d:
//
//	xc[d]   = silu(ConvB[d] + sum_j ConvW[d,j] * x[t-K+1+j][s])     j < K; x before the sequence is 0
//	Δ[d]    = softplus(dt[d] + DTBias[d])
//	S[d,n]  = exp(Δ[d]*A[d,n]) * S[d,n] + Δ[d] * xc[d] * B[N*g+n]
//	y[d]    = (sum_n S[d,n]*C[N*h+n] + D[d]*xc[d]) * silu(z[d])
//
// where silu(v) = v/(1+exp(-v)) and softplus(v) = log(1+exp(v)), taken as v above 20. Plain Mamba (Jamba) makes r, B and C of
// the convolved x by a projection of their own. So its x comes from [Ops.Conv] and is xc (K is 0); all channels share
// B[n] and C[n].
//
// Four things are easily got wrong. M1 adds dt_proj's bias twice; DTBias holds the sum, since other models add it once.
// M1 repeats x before the convolution, so its weights differ between the repeats, but the history need only keep the
// narrow x. M1's B and C are neither convolved nor activated, unlike Mamba-2's. And y reads the state after its update.
//
// # Mamba-2 mixer
//
// in_proj makes z|x|B|C|dt (arXiv 2405.21060). [Ops.Conv] convolves and activates x|B|C, [Ops.Mamba2] scans, and the
// model gates and norms in the order of its family. For head h with its x, B and C, of group h/(Heads/XHeads) and so on:
//
//	Δ       = min(max(softplus(dt[h] + DTBias[h]), MinDT), MaxDT)
//	S[p,n]  = exp(Δ*A[h]) * S[p,n] + Δ * x[p] * B[n]                 p < P
//	y[p]    = sum_n S[p,n]*C[n] + D[h]*x[p]
//
// # Attention
//
// Query head a reads key-value head a/(Heads/KVHeads). [Rope] says how q and k are rotated; M1 has no scaling of the angles,
// whatever its config.json says, and several hybrids rotate nothing. Keys and values lie in pages of [PageLen] positions,
// which sequences may share.
//
// # Numerics
//
// A row's result may not depend on the rows around it or on the number of threads, not even in the last bit: every
// sum is taken in an order that only its length decides. A chunk of a prompt therefore gives exactly the state that its
// tokens give one by one. Implementations differ from the reference by rounding only; kerneltest states how much. The
// one thing on which all agree exactly is the token drawn from given logits: [Weight] turns them into integers, whose
// sums are the same in any order.
package kernels

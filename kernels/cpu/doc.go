// Package cpu computes kernels.Ops on the processor: AVX-512 or AVX2 assembly where the machine has it, plain Go
// elsewhere (or everywhere, with the build tag purego). [New] is the only call most callers need.
//
//	ops, err := cpu.New(cpu.Options{})
//	defer ops.Close()
//
// The rules that the package keeps:
//
//   - Weights are packed once, when a matrix is made, into panels of 16 output columns, and these into slices of 256
//     inputs: a thread reads memory in one direction. Every product is the same small tile of up to 12 rows by 32 columns
//     (6 by 16 with AVX2) that adds up its terms from first to last. So no row depends on its neighbours, and no result on
//     the number of threads.
//   - Weights of 16 bits become float32 on their way into registers. Those of 8 bits are multiplied as bytes, for every
//     number of rows alike: see [kernels.Quantize].
//   - What follows a product is part of it where that saves a pass over memory: the sum with the residual stream, and the
//     gate of the MLP, whose two products meet in a tile. The scan holds the convolution, the step size, the state's
//     update, the skip connection and the gate.
//   - The recurrent state lies in blocks of a vector's channels, or of a few vectors in Mamba-2, so that no sum crosses the
//     lanes of a vector. A prompt's chunk goes through a few groups of channels after the other, whose states stay in the
//     first cache.
//   - The rows that go to an expert are gathered, so that its products have all of them at once. What the experts make of a
//     row is added up by itself, in the order of their numbers.
//   - Attention walks the page table in blocks of 1024 positions and keeps a running softmax; the queries that share keys
//     are computed together, and sums of values stay in registers from page to page.
//   - An operation is cut into parts that the caller and its workers claim. Workers wait by spinning, since waking
//     a parked thread takes longer than a whole step of a small model; they park when nothing has come for a while.
//     Claiming costs what assigning would, and a thread whose core is taken away does not hold up the other.
//   - Nothing is allocated once the working spaces have grown to the sizes in use.
//
// An Ops belongs to one goroutine. The assembly is generated: see the directory _asm.
//
// # What was tried
//
// On two cores of Zen 4 (AVX-512 with VNNI, 236 GFLOP/s in float32, 946 GOP/s on bytes, some 30 GB/s from memory). Such a
// machine's neighbours change all figures by the minute; these are of runs side by side.
//
//   - Tiles of 12 rows by 32 columns in 32 registers of 16 lanes need half the loads of 6 by 16: a product of 128 rows whose
//     weights are in the cache went from about 75 % of the peak to 85 to 90 %. Unrolling the loop of a large tile gave
//     nothing and trebled the code.
//   - Asking for the next tile's panels while one is multiplied (768 x 3072 from memory): 8 rows in float32 from 24 to 33
//     GB/s, 32 rows from 147 to 179 GFLOP/s. The hardware's own prefetching starts anew on every page.
//   - Large pages: 8 rows from memory, 29 to 35 GB/s.
//   - float16 and bfloat16 weights: as fast as float32 from the cache, 1.9 times from memory at one row. int8: 3.3 times from
//     the cache at 128 rows, 3 times from memory at one row.
//   - int8 costs the embedded model 0.009 nats a token (float16 weights: none; bfloat16 keys and values: 0.00001) and no right
//     answers that 9,000 samples could show. Scales for 64 inputs of x instead of 256 would halve that and cost a quarter of
//     the tile's speed. Weights of 8 bits times float32 for few rows, as others do, would give a sample other bits in
//     another batch; it would save nothing where memory decides.
//   - The scan in three loops (what it needs, the scan, the gate) instead of one: 0.45 to 0.27 ns a state; its nine
//     multiply-adds a vector bound it to 0.15. Four states at once gave nothing. An exponential that shifts the exponent
//     in integers, as with AVX2, is a tenth slower than VSCALEFPS.
//   - Mamba-2 (one core of Zen 5 with 280 GFLOP/s and 48 GB/s from memory; 24 heads of 64 by 128 states). A state takes a
//     product and two multiply-adds, 0.021 ns at least, and 0.083 ns to be read from memory. With one vector of a head at
//     once the loop waits for its one sum: 0.070 ns a state of a chunk. Two vectors: 0.043, four: 0.030, and the same where
//     the states of a block no longer fit the first cache. One token whose states are in the second: 0.027. 64 sequences
//     of 0.8 MB a layer: 0.11, for reading and writing back 75 GB/s; asking for states ahead gave nothing. Only states of
//     fewer bits would be faster there: on both cores, such a layer's scan takes 1.8 ms and its products 1.05.
//   - That scan by one call a head: with 16 states instead of 128, calling cost 0.047 ns a state, by one call a token 0.033.
//     Decays and steps of a chunk's tokens before the passes instead of in each: 0.030 to 0.026.
//   - Attention by one call a page and panel: 55 GFLOP/s a thread; by one call a sequence: 67, and more with long pages.
//   - The gated product as two operations: one buffer, one pass and one hand-over more a layer; 3 % of a small model's step.
//   - A goroutine that is woken needs 100 microseconds, a spinning one 0.12.
package cpu

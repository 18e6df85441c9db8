//go:build cuda

package cuda

import (
	"math"

	"caucus/kernels"
)

// samplingWords is how many words a kernels.Sampling has in the array, sampledWords a kernels.Sampled from the device. A
// thread has heldLogits of a row; what the kernels know of a part of a row takes partBytes, what the parts count together cutsBytes.
const (
	samplingWords = 5
	sampledWords  = 3
	heldLogits    = 16
	partBytes     = 32
	cutsBytes     = 512*12 + 8
)

// Sample ends a step: it runs what the operations before it put into the list.
func (o *ops) Sample(out []kernels.Sampled, logits kernels.View, n int, how []kernels.Sampling) {
	rows := len(how)
	logits.Check("sample", "logits", rows, n)
	if rows == 0 {
		return
	}
	o.room(rows * samplingWords)
	o.fitSampled(bucket(rows) * sampledWords)
	block := min(32*blocks(n, 32*heldLogits), 256)
	parts := blocks(n, block*heldLogits)
	all, cuts := o.fit(&o.parts, bucket(rows)*parts*partBytes), o.fit(&o.cuts, bucket(rows)*cutsBytes)
	count := o.rows(rows)
	list, words := o.place(rows * samplingWords)
	for r := range how {
		h, w := &how[r], words[r*samplingWords:]
		w[0], w[1] = int32(math.Float32bits(h.Temperature)), int32(min(h.TopK, math.MaxInt32))
		w[2], w[3] = int32(math.Float32bits(h.TopP)), int32(math.Float32bits(h.MinP))
		w[4] = int32(math.Float32bits(h.Uniform))
	}
	o.launch(sampleParts, bucket(rows)*parts, 1, block, 0, at(logits), stride(logits), intArg(n), intArg(parts), o.P(), count, all, cuts)
	o.launch(sampleRows, bucket(rows)*parts, 1, block, 0, at(logits), stride(logits), intArg(n), intArg(parts), o.P(), count, list, all,
		cuts, o.sampled.arg())
	o.runStep()
	ok(o.drawn.download(o.stream, o.sampled.at, 0, rows*sampledWords))
	ok(o.stream.wait())
	o.done()
	for r := range rows {
		g := o.drawn.all[r*sampledWords:]
		out[r] = kernels.Sampled{Token: int32(g[0]), LogProb: math.Float32frombits(g[1]), Entropy: math.Float32frombits(g[2])}
	}
}

// fitSampled makes room for results here and there.
func (o *ops) fitSampled(words int) {
	o.fit(&o.sampled, 4*words)
	if o.drawn != nil && len(o.drawn.all) >= words {
		return
	}
	if o.drawn != nil {
		ok(o.drawn.free())
	}
	drawn, err := newPinned[uint32](o.device, words)
	ok(err)
	o.drawn = drawn
}

package engine

import (
	"cmp"
	"fmt"

	"caucus/engine/model"
)

// Options sizes an Engine. A zero field means its default.
type Options struct {
	// Slots is the number of samples that run at once (32).
	Slots int
	// Prompts is the number of prompts whose state is kept to fork samples from (64). More may be open: the one that the
	// waiting samples need last gives way, and is read again when its turn comes.
	Prompts int
	// PrefillChunk is the number of tokens that a step reads besides the newest of every running sample (128): the price,
	// in step time, that running samples pay while a prompt is read.
	PrefillChunk int
	// MaxTokens is the most tokens that a sample may draw (2048).
	MaxTokens int
	// KVTokens is the number of positions that the attention layers' pages hold for all sequences together (what lets
	// every slot draw MaxTokens after a prompt of 1024). When they run out, the sample that began last waits and is
	// read again.
	KVTokens int
	// Landing is the text that makes a sample answer at once: the end of its reasoning and the beginning of a box
	// (DefaultLanding).
	Landing string
	// LandTokens is the most tokens that a sample may draw after it has been landed (24).
	LandTokens int
}

// DefaultLanding closes the reasoning of models that mark its end, as M1 and DeepSeek-R1 do, and opens the answer's box.
const DefaultLanding = endOfThinking + boxOpening

// Limits that keep sizes computed from options far from overflow; memory runs out long before.
const (
	maxOption   = 1 << 20
	maxKVTokens = 1 << 30
)

// withDefaults fills in the zero fields and checks all.
func (o Options) withDefaults() (Options, error) {
	o.Slots = cmp.Or(o.Slots, 32)
	o.Prompts = cmp.Or(o.Prompts, 64)
	o.PrefillChunk = cmp.Or(o.PrefillChunk, 128)
	o.MaxTokens = cmp.Or(o.MaxTokens, 2048)
	o.LandTokens = cmp.Or(o.LandTokens, 24)
	// Where int has 32 bits the product could wrap; beyond the most it is refused below.
	o.KVTokens = cmp.Or(o.KVTokens, int(min(int64(o.Slots)*int64(o.MaxTokens+1024), maxKVTokens+1)))
	o.Landing = cmp.Or(o.Landing, DefaultLanding)
	for _, f := range []struct {
		name        string
		value, most int
	}{
		{"Slots", o.Slots, maxOption}, {"Prompts", o.Prompts, maxOption}, {"PrefillChunk", o.PrefillChunk, maxOption},
		{"MaxTokens", o.MaxTokens, maxOption}, {"LandTokens", o.LandTokens, maxOption}, {"KVTokens", o.KVTokens, maxKVTokens},
	} {
		if f.value < 1 || f.value > f.most {
			return o, fmt.Errorf("engine options: %s is %d, want 1 to %d, or 0 for the default", f.name, f.value, f.most)
		}
	}
	return o, nil
}

// capacity is the state that the options ask for: a slot for every sample and prompt, of which only samples draw.
func (o *Options) capacity() model.Capacity {
	return model.Capacity{
		Slots:  o.Slots + o.Prompts,
		Pages:  model.PagesFor(o.KVTokens),
		Rows:   o.Slots + o.PrefillChunk,
		Logits: o.Slots,
	}
}

// Capacity is the state that an engine of these options asks its model for.
func (o Options) Capacity() (model.Capacity, error) {
	o, err := o.withDefaults()
	return o.capacity(), err
}

package main

import (
	"fmt"
	"sort"

	"github.com/dustin/go-humanize"

	"caucus/engine/model"
	"caucus/kernels"
)

// These are the parts of memory that a model and its samples may take: there is what kernels keep besides, and beside a
// processor there are other programs.
const (
	processorShare = 0.8
	gpuShare       = 0.92
)

// checkMemory refuses, before weights are read, a model that does not fit, and names a format that does; and so many slots
// as do not fit beside it, as far as that is known before there are prompts.
func (o *openedFiles) checkMemory(d device, slots int) error {
	p := d.precision
	plan, err := o.plan(p)
	if err != nil {
		return err
	}
	have, err := d.memory()
	if err != nil {
		return err
	}
	need := plan.Memory(model.Capacity{})
	if need <= have {
		return d.checkSlots(plan, o.name, slots, func(n int) float64 {
			return plan.Memory(model.Capacity{Slots: n + 1, Pages: n, Rows: n, Logits: n})
		}, have)
	}
	advice := "a machine with more memory is needed"
	for _, format := range []kernels.Format{kernels.BF16, kernels.Int8} {
		p.Weights = format
		if plan, err := o.plan(p); err == nil && plan.Memory(model.Capacity{}) <= have {
			advice = fmt.Sprintf("--weights %v would take %s", format, humanize.IBytes(uint64(plan.Memory(model.Capacity{}))))
			break
		}
	}
	return fmt.Errorf("the weights of %s take %s in %v%s, and may take %s of memory; %s",
		o.name, humanize.IBytes(uint64(need)), plan.Format(), d.onEach(), humanize.IBytes(uint64(have)), advice)
}

// samplesThatFit is how many samples of so many tokens have room beside the weights.
func samplesThatFit(plan *model.Model, tokens int, memory float64) int {
	const most = 1 << 20
	free := memory - plan.Memory(model.Capacity{})
	sample := plan.Memory(model.Capacity{Slots: 1, Pages: model.PagesFor(tokens), Rows: 1, Logits: 1}) -
		plan.Memory(model.Capacity{})
	return int(min(max(0, free/sample), most))
}

// checkSlots refuses more slots than fit beside the weights, by what so many need on a device in all, and says how many do.
func (d device) checkSlots(m *model.Model, name string, slots int, need func(slots int) float64, have float64) error {
	fit := sort.Search(slots, func(n int) bool { return need(d.share(n+1, 0)) > have })
	switch fit {
	case slots:
		return nil
	case 0:
		advice := "a smaller --max-tokens"
		if m.Format() != kernels.Int8 {
			advice = "--weights int8, or " + advice
		}
		return fmt.Errorf("%s leaves no memory for a sample beside its weights; try %s", name, advice)
	}
	return fmt.Errorf("%d slots of %s take %s%s, and may take %s of memory; --slots %d would fit",
		slots, name, humanize.IBytes(uint64(need(d.share(slots, 0)))), d.onEach(), humanize.IBytes(uint64(have)), fit)
}

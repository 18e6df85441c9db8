package main

import (
	"fmt"
	"slices"

	"caucus/engine/model"
)

// cell is what one row of the report measures.
type cell struct {
	Batch   int `json:"batch"`
	Context int `json:"context"` // tokens that every sample has read when it begins to draw
}

func (c cell) String() string { return fmt.Sprintf("a batch of %d at context %d", c.Batch, c.Context) }

// positions is how many a step attends to, over the batch, halfway through the steps that follow the prompt.
func (c cell) positions() int { return c.Batch * (c.Context + (stretch+1)/2) }

// leftOut is a cell that is too large for this machine.
type leftOut struct {
	cell
	Bytes float64 `json:"bytes"` // that it would take, the model included
}

// benchPlan is what to measure, in what order, and the one state in which all of it has room.
type benchPlan struct {
	cells    []cell
	leftOut  []leftOut
	capacity model.Capacity
}

// planBench goes from context to context, so that one prompt can be read on from each to the next.
func planBench(m *model.Model, batches, contexts []int, memory float64) benchPlan {
	var p benchPlan
	for _, context := range slices.Compact(slices.Sorted(slices.Values(contexts))) {
		for _, batch := range distinct(batches) {
			c := cell{batch, context}
			grown := c.enlarge(p.capacity)
			if bytes := m.Memory(grown); bytes > memory {
				p.leftOut = append(p.leftOut, leftOut{c, bytes})
				continue
			}
			p.cells, p.capacity = append(p.cells, c), grown
		}
	}
	return p
}

// distinct is the values in the order in which they come first.
func distinct(values []int) []int {
	var all []int
	for _, v := range values {
		if !slices.Contains(all, v) {
			all = append(all, v)
		}
	}
	return all
}

// enlarge makes room for the cell: a prompt, and forks that share nothing with it.
func (c cell) enlarge(old model.Capacity) model.Capacity {
	return model.Capacity{
		Slots:  max(old.Slots, c.Batch+1),
		Pages:  max(old.Pages, model.PagesFor(c.Context)+c.Batch*model.PagesFor(c.Context+stretch)),
		Rows:   max(old.Rows, c.Batch, chunk),
		Logits: max(old.Logits, c.Batch),
	}
}

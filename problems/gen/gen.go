// Package gen makes mathematics problems with worked solutions and exact answers: the data that the embedded model is
// trained on, and as many fresh problems as a user wants to try an engine with.
//
// A [Family] makes the problems of one kind, at a level from 0 (easy) to 1 (hard). All families write their working with
// the same few calculations (work.go), so that what a model learns from one kind helps it with the others.
package gen

import (
	"cmp"
	"iter"
	"math"
	"math/rand/v2"
	"slices"
)

// Item is a problem with its solution: the steps as lines of text, and the answer alone.
type Item struct {
	Family   string `json:"family"`
	Problem  string `json:"problem"`
	Solution string `json:"solution"`
	Answer   string `json:"answer"`
}

// A Family makes problems of one kind. Make must depend on r and level alone.
type Family struct {
	Name string
	// Weight is the family's share of a mixed stream, relative to the others.
	Weight float64
	// Make returns a problem at a level from 0 (easy) to 1 (hard). It leaves Item.Family empty.
	Make func(r *rand.Rand, level float64) Item
}

// Families lists every family, sorted by name.
func Families() []Family {
	all := slices.Concat(arithmeticFamilies, algebraFamilies, numberFamilies, wordFamilies)
	slices.SortFunc(all, func(a, b Family) int { return cmp.Compare(a.Name, b.Name) })
	return all
}

// Stream is the endless sequence of problems for a seed: families by weight, hard problems oftener than easy ones.
// A level below zero mixes levels; otherwise all problems have the level given. It panics when families is empty.
func Stream(families []Family, seed uint64, level float64) iter.Seq[Item] {
	if len(families) == 0 {
		panic("gen: a stream needs at least one family")
	}
	return func(yield func(Item) bool) {
		r := rand.New(rand.NewPCG(seed, 0))
		for {
			family := choose(families, r)
			l := level
			if l < 0 {
				l = math.Sqrt(r.Float64())
			}
			item := family.Make(r, l)
			item.Family = family.Name
			if !yield(item) {
				return
			}
		}
	}
}

// choose draws a family by weight.
func choose(families []Family, r *rand.Rand) Family {
	total := 0.0
	for _, f := range families {
		total += f.Weight
	}
	at := r.Float64() * total
	for _, f := range families {
		if at -= f.Weight; at < 0 {
			return f
		}
	}
	return families[len(families)-1]
}

// Package gen makes mathematics problems with worked solutions and exact answers: the data that the embedded model is
// trained on, and as many fresh problems as a user wants to try an engine with.
//
// A [Family] makes the problems of one kind, at a level from 0 (easy) to 1 (hard). All families write their working with
// the same few calculations (work.go), so that what a model learns from one kind helps it with the others.
package gen

import (
	"math/rand/v2"
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

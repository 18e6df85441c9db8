package gen

import (
	"math"
	"math/rand/v2"
	"strings"
)

// This file has what the families of algebra, polynomials and calculus draw their problems with.

var algebraFamilies = []Family{
	{"algebra__linear_1d", 1, drawn(makeLinear1D)},
	{"algebra__linear_2d", 1.5, drawn(makeLinear2D)},
	{"algebra__sequence_next_term", 1, drawn(makeNextTerm)},
	{"algebra__sequence_nth_term", 1, drawn(makeNthTerm)},
	{"polynomials__evaluate", 1, drawn(makeEvaluate)},
	{"polynomials__collect", 1, drawn(makeCollect)},
	{"polynomials__add", 1.3, drawn(makeAdd)},
	{"polynomials__coefficient_named", 1.5, drawn(makeCoefficient)},
	{"polynomials__compose", 1.5, drawn(makeCompose)},
	{"polynomials__expand", 1, drawn(makeExpand)},
	{"calculus__differentiate", 1, drawn(makeDifferentiate)},
	{"algebra__linear_1d_composed", 0.4, drawn(composedEquation)},
	{"polynomials__evaluate_composed", 0.4, drawn(composedEvaluate)},
}

// drawn redraws the items that are longer than the dataset's: questions of 160 bytes, answers of 30.
func drawn(draw func(*rand.Rand, float64) Item) func(*rand.Rand, float64) Item {
	return fitting(func(r *rand.Rand, level float64) Item {
		for {
			if item := draw(r, level); len(item.Problem) <= 160 && len(item.Answer) <= 30 {
				return item
			}
		}
	})
}

// worked is the item of a problem that is solved in the given lines.
func worked(problem string, lines []string, answer string) Item {
	return Item{Problem: problem, Solution: joinLines(lines...), Answer: answer}
}

// letters returns n different names of variables.
func letters(r *rand.Rand, n int) []string {
	names := strings.Split("abcdfghijklmnopqrstuvwxyz", "")
	r.Shuffle(len(names), func(i, j int) { names[i], names[j] = names[j], names[i] })
	return names[:n]
}

// sized returns a number of either sign, other than zero, with up to the given digits, and oftener many than few.
func sized(r *rand.Rand, digits float64) int64 {
	n := int64(math.Pow(10, max(digits, 0.1)*math.Sqrt(r.Float64())))
	if r.IntN(2) == 0 {
		return -n
	}
	return n
}

// split returns n numbers other than zero that add up to total, or total alone; all but one have up to the given digits.
func split(r *rand.Rand, total int64, n int, digits float64) []int64 {
	for {
		parts, rest := make([]int64, n), total
		for i := range n - 1 {
			parts[i] = sized(r, digits)
			rest -= parts[i]
		}
		parts[n-1] = rest
		if rest != 0 || n == 1 {
			r.Shuffle(n, func(i, j int) { parts[i], parts[j] = parts[j], parts[i] })
			return parts
		}
	}
}

// everyday reports whether a problem is to be worded as a person would type it.
func everyday(r *rand.Rand) bool { return r.IntN(4) == 0 }

// typed writes a formula as a person would type it: with or without multiplication signs and spaces, powers with "^".
func typed(r *rand.Rand, formula string) string {
	if r.IntN(4) > 0 {
		formula = strings.ReplaceAll(formula, "**", "^")
		if r.IntN(4) > 0 {
			formula = strings.ReplaceAll(formula, "*", "")
		}
	}
	if r.IntN(3) == 0 {
		formula = strings.ReplaceAll(formula, " ", "")
	}
	return formula
}

// polite sometimes asks for a problem with "please".
func polite(r *rand.Rand, problem string) string {
	if r.IntN(12) == 0 {
		return "please " + problem
	}
	return problem
}

package gen

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
)

// makeLinear2D makes two equations in two variables, and asks for one of them.
func makeLinear2D(r *rand.Rand, level float64) Item {
	plain := everyday(r)
	names := letters(r, 2)
	if plain {
		names = pick(r, []string{"x", "y"}, []string{"x", "y"}, []string{"y", "x"}, []string{"a", "b"}, []string{"b", "a"})
	}
	v, u := names[0], names[1]
	x := sized(r, between(level, 0.8, 1.5)) + r.Int64N(3) - 1
	nets := drawSystem(r, level, plain, v, u, x)
	var equations [2]equation
	for i, net := range nets {
		if plain {
			equations[i] = bookEquation(net)
		} else {
			pieces := drawPieces(r, level, net)
			equations[i] = drawEquation(r, net, pieces, between(level, 0.8, 3.2))
		}
	}
	return worked(ask2D(r, plain, equations, v), eliminate(equations, v, u), Whole(x).String())
}

// drawSystem returns two sums in v, u and constants, which are 0 for v = x and one value of u, and for no others.
func drawSystem(r *rand.Rand, level float64, plain bool, v, u string, x int64) [2][]term {
	y := sized(r, between(level, 0.8, 2))
	digits := between(level, 0.5, 1.3)
	if plain {
		digits = 0.8
	}
	for {
		a, b := [2]int64{sized(r, digits), sized(r, 0.8)}, [2]int64{sized(r, 0.8), sized(r, digits)}
		if r.IntN(8) == 0 {
			*pick(r, &a[0], &b[0], &a[1], &b[1]) = 0
		}
		if a[0]*b[1] == a[1]*b[0] {
			continue
		}
		var nets [2][]term
		for i := range nets {
			nets[i] = []term{{a[i], v}, {b[i], u}, {-a[i]*x - b[i]*y, ""}}
		}
		return nets
	}
}

// drawPieces says in how many pieces an equation has its coefficients and its constant.
func drawPieces(r *rand.Rand, level float64, net []term) []int {
	pieces := []int{1, 1, 1}
	for i, t := range net {
		if t.coeff == 0 {
			pieces[i] = 0
		}
	}
	for extra := weighted(r, 10, 5+int(level*10), int(level*8), int(level*2)); extra > 0; extra-- {
		i := r.IntN(3)
		if net[i].coeff != 0 || pieces[i] > 0 || i == 2 {
			pieces[i]++
		}
	}
	if net[2].coeff == 0 && pieces[2] == 1 {
		pieces[2] = 0
	}
	return pieces
}

// bookEquation writes a net with its variables, in the order of the alphabet, on the left and its constant on the right.
func bookEquation(net []term) equation {
	var e equation
	for _, t := range net {
		switch {
		case t.body == "":
			e.right = append(e.right, term{-t.coeff, ""})
		case t.coeff != 0:
			e.left = append(e.left, t)
		}
	}
	slices.SortFunc(e.left, func(s, t term) int { return strings.Compare(s.body, t.body) })
	return e
}

// ask2D words the question for v.
func ask2D(r *rand.Rand, plain bool, equations [2]equation, v string) string {
	first, second := equations[0].String(), equations[1].String()
	if !plain {
		return fmt.Sprintf("Solve %s, %s for %s.", first, second, v)
	}
	form := pick(r, "%s and %s, what is %s?", "if %s and %s, find %s", "If %s and %s, what is %s?", "solve %s, %s for %s",
		"%s, %s. Find %s.", "%s; %s; %s = ?", "solve the system %s, %s for %s")
	seed := r.Uint64()
	style := func() *rand.Rand { return rand.New(rand.NewPCG(seed, 0)) } // both equations are typed alike
	return polite(r, fmt.Sprintf(form, typed(style(), first), typed(style(), second), v))
}

// eliminate collects both equations, multiplies them so that u cancels, adds or subtracts them, and divides:
//
//	2*v-u=-18
//	7*v+7*u=-105
//	*7+*1
//	v:2*7=14;7*1=7;14+7=21
//	1:-18*7=-126;-105*1=-105;-126-105=-231
//	21*v=-231
func eliminate(equations [2]equation, v, u string) []string {
	var a, b, c [2]int64
	var lines []string
	for i, e := range equations {
		coeffs, constant, working := e.collect(v, u)
		lines = append(lines, working...)
		if coeffs[1] == 0 {
			_, division := divideOut(v, coeffs[0], constant)
			return append(lines, division...)
		}
		a[i], b[i], c[i] = coeffs[0], coeffs[1], constant
	}
	by := [2]int64{abs(b[1]), abs(b[0])}
	if by[0] == by[1] {
		by = [2]int64{1, 1}
	}
	op, combine := "+", Add
	if (b[0] < 0) == (b[1] < 0) {
		op, combine = "-", Sub
	}
	lines = append(lines, fmt.Sprintf("*%d%s*%d", by[0], op, by[1]))
	scaledSum := func(label string, n [2]int64) int64 {
		first, working1 := Mul(Int(n[0]), Int(by[0]))
		second, working2 := Mul(Int(n[1]), Int(by[1]))
		result, working := combine(first, second)
		if by != [2]int64{1, 1} {
			working = working1 + ";" + working2 + ";" + working
		}
		lines = append(lines, label+":"+working)
		return result.V
	}
	coeff := scaledSum(v, a)
	constant := scaledSum("1", c)
	lines = append(lines, fmt.Sprintf("%s=%d", term{coeff, v}, constant))
	_, division := divideOut(v, coeff, constant)
	return append(lines, division...)
}

package answer

import (
	"fmt"
	"hash/fnv"
	"math"
	"math/big"
	"math/cmplx"
	"strconv"
)

// What is not exact is compared by its values at fixed probe points. Every variable has a value of its own at each of
// them, drawn from its name. At the first points all values are positive, so that what is defined for natural arguments
// is defined there; at the others they are negative, which tells |x| from x.
const (
	positivePoints = 5
	signPoints     = 2
	points         = positivePoints + signPoints
)

// tolerance is the relative size below which two values are the same: far above rounding errors (1e-14), far below what
// a wrong answer differs by.
const tolerance = 1e-9

// probes are a function's values at the points, or a constant's. NaN stands where it is not defined.
type probes [points]complex128

var undefined = complex(math.NaN(), math.NaN())

// valid reports whether enough values are known for a comparison.
func (p *probes) valid() bool {
	known := 0
	for _, v := range p[:positivePoints] {
		if !cmplx.IsNaN(v) {
			known++
		}
	}
	return known >= 2
}

// constant reports whether all values are the same number.
func (p *probes) constant() bool {
	for _, v := range p[1:] {
		if !close(v, p[0]) {
			return false
		}
	}
	return true
}

// close reports whether two values are the same but for rounding. Two undefined values are.
func close(x, y complex128) bool {
	if cmplx.IsNaN(x) || cmplx.IsNaN(y) {
		return cmplx.IsNaN(x) && cmplx.IsNaN(y)
	}
	return cmplx.Abs(x-y) <= tolerance*max(cmplx.Abs(x), cmplx.Abs(y))
}

// variableAt is the value of a variable at a point.
func variableAt(name string, point int) complex128 {
	h := fnv.New64a()
	_, _ = h.Write([]byte(name))
	_, _ = h.Write([]byte{byte(point)})
	x := h.Sum64()
	x ^= x >> 33
	x *= 0xff51afd7ed558ccd // murmur's finalizer, since near names hash to near values
	x ^= x >> 33
	unit := float64(x>>11) / (1 << 53)
	switch point {
	case 0:
		return complex(0.6+0.9*unit, 0)
	case 1:
		return complex(1.7+2.1*unit, 0)
	case 2:
		return complex(0.1+0.8*unit, 0)
	case 3:
		return complex(5+7*unit, 0) // these two tell functions that round
	case 4:
		return complex(20+70*unit, 0)
	case 5:
		return complex(-0.3-1.3*unit, 0)
	}
	if len(name)%2 == 0 != (name[0]%2 == 0) {
		return complex(0.4+unit, 0)
	}
	return complex(-0.4-1.9*unit, 0)
}

// baseAt is the value of a constant or variable at a point.
func baseAt(name string, point int) complex128 {
	switch name {
	case "pi":
		return math.Pi
	case "e":
		return math.E
	case "i", "I":
		return 1i
	case "°":
		return math.Pi / 180
	case "∞":
		return undefined
	}
	return variableAt(name, point)
}

// digitsOf writes a value to nine digits.
func digitsOf(v complex128) string {
	if cmplx.IsNaN(v) {
		return "?"
	}
	re, im := real(v), imag(v)
	if size := cmplx.Abs(v) * 1e-11; math.Abs(re) < size {
		re = 0
	} else if math.Abs(im) < size {
		im = 0
	}
	if im == 0 {
		return strconv.FormatFloat(re+0, 'g', 9, 64) // +0 takes the sign off a zero
	}
	return fmt.Sprintf("%.9g%+.9gi", re+0, im)
}

// probe evaluates an exact value at all points.
func (x sum) probe() *probes {
	var p probes
	for i := range p {
		size := 0.0
		for _, t := range x {
			v := t.at(i)
			size = max(size, cmplx.Abs(v))
			p[i] += v
		}
		if !isFinite(p[i]) {
			p[i] = undefined
		} else if cmplx.Abs(p[i]) < size*1e-14 {
			p[i] = 0
		}
	}
	return &p
}

func (t term) at(point int) complex128 {
	f, _ := t.coef.Float64()
	v := complex(f, 0)
	for _, factor := range t.factors {
		e, _ := factor.exp.Float64()
		base := baseOf(factor.base, point)
		if real(base) < 0 && !factor.exp.IsInt() && factor.exp.Denom().Bit(0) == 0 {
			return undefined
		}
		v *= powReal(base, factor.exp, e)
	}
	return v
}

func baseOf(base string, point int) complex128 {
	if isDigit(base[0]) {
		f, _ := strconv.ParseFloat(base, 64)
		return complex(f, 0)
	}
	return baseAt(base, point)
}

// powReal raises a base to an exponent, with the real root of a negative number.
func powReal(base complex128, exp *big.Rat, e float64) complex128 {
	if imag(base) != 0 {
		return cmplx.Pow(base, complex(e, 0))
	}
	v := math.Pow(math.Abs(real(base)), e)
	if real(base) < 0 && exp.Num().Bit(0) == 1 {
		v = -v
	}
	return complex(v, 0)
}

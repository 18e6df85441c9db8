package gen

import (
	"strconv"
	"strings"
)

// Dec is a decimal number: V / 10^Scale. The generator keeps every |V| below 10^18.
type Dec struct {
	V     int64
	Scale int
}

// Int returns the integer n as a Dec.
func Int(n int64) Dec { return Dec{V: n} }

// norm drops trailing zeros after the point.
func (d Dec) norm() Dec {
	for d.Scale > 0 && d.V%10 == 0 {
		d.V /= 10
		d.Scale--
	}
	return d
}

func (d Dec) neg() Dec { return Dec{-d.V, d.Scale} }

func (d Dec) abs() Dec {
	if d.V < 0 {
		return d.neg()
	}
	return d
}

// scaled returns d's value times 10^scale; scale must be at least d.Scale.
func (d Dec) scaled(scale int) int64 { return d.V * pow10(scale-d.Scale) }

// cmp compares two decimals: -1, 0 or 1.
func (d Dec) cmp(e Dec) int {
	s := max(d.Scale, e.Scale)
	x, y := d.scaled(s), e.scaled(s)
	switch {
	case x < y:
		return -1
	case x > y:
		return 1
	}
	return 0
}

// String writes d with just the digits it has: Dec{-761578, 3} is "-761.578".
func (d Dec) String() string {
	s := strconv.FormatInt(d.abs().V, 10)
	if d.Scale > 0 {
		if len(s) <= d.Scale {
			s = strings.Repeat("0", d.Scale-len(s)+1) + s
		}
		s = s[:len(s)-d.Scale] + "." + s[len(s)-d.Scale:]
	}
	if d.V < 0 {
		s = "-" + s
	}
	return s
}

func pow10(n int) int64 {
	p := int64(1)
	for range n {
		p *= 10
	}
	return p
}

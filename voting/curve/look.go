package curve

import (
	"image/color"
	"math"

	"gonum.org/v1/plot/vg"
)

// A look is how one series is drawn. Those who see no colors, or a copy in grey, tell series by dashes and markers.
type look struct {
	line, text color.NRGBA // the text is darker where the line's color is too light to be read
	dashes     []vg.Length
	corners    int  // of the marker; 0 is a circle
	open       bool // the marker is white inside
}

// looks have the colors of Okabe and Ito (Color Universal Design, 2008), without the yellow, which white swallows.
var looks = [...]look{
	{line: rgb(0x0072b2), text: rgb(0x0068a3)},
	{line: rgb(0xd55e00), text: rgb(0xb34f00), dashes: []vg.Length{6, 2}, corners: 4},
	{line: rgb(0x009e73), text: rgb(0x007a59), dashes: []vg.Length{2, 1.5}, corners: 3},
	{line: rgb(0xcc79a7), text: rgb(0xa8457c), dashes: []vg.Length{7, 2, 2, 2}, corners: 2},
	{line: rgb(0x000000), text: rgb(0x000000), dashes: []vg.Length{10, 3}, open: true},
	{line: rgb(0xe69f00), text: rgb(0x8f6200), dashes: []vg.Length{4, 1.5}, corners: 4, open: true},
	{line: rgb(0x56b4e9), text: rgb(0x2076a8), dashes: []vg.Length{7, 1.5, 1.5, 1.5, 1.5, 1.5}, corners: 3, open: true},
	{line: rgb(0x882255), text: rgb(0x882255), dashes: []vg.Length{1.2, 2.4}, corners: 2, open: true},
}

func rgb(v uint32) color.NRGBA {
	return color.NRGBA{R: uint8(v >> 16), G: uint8(v >> 8), B: uint8(v), A: 255}
}

// faint is the color with part of its opacity.
func faint(c color.NRGBA, part float64) color.NRGBA {
	c.A = uint8(math.Round(255 * part))
	return c
}

// The colors of everything else.
var (
	paper = rgb(0xffffff)
	ink   = rgb(0x1a1a1a)
	grey  = rgb(0x595959)
	rule  = rgb(0xe4e4e4)
)

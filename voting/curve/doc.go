// Package curve draws curves with their bands: accuracy against the length of a window or the number of samples, and
// differences from a first curve.
//
//	figure := curve.Figure{
//		Title:  "Accuracy in a window",
//		X:      curve.Axis{Label: "window", Unit: curve.Seconds},
//		Y:      curve.Axis{Label: "problems answered rightly", Unit: curve.Percent},
//		LogX:   true,
//		Series: []curve.Series{{Name: "uniform", Points: []curve.Point{{X: 1, Interval: band}, ...}}},
//	}
//	err := figure.WriteSVG(file)
//
// A Figure is written as SVG or PNG, 140 mm wide with text of 10 points, so that it can be read in a column of a paper. A
// Page puts text, tables and figures together in one HTML file that needs no other. The same input gives the same bytes.
//
// A series' place in the list decides its color, dashes and marker. Figures beside each other should list the same series
// in the same order: one without points is not drawn and keeps its place, as the first does in a figure of differences.
// Names stand at the right end of the lines instead of in a legend.
//
// Values that cannot be drawn (NaN, a band that its mean is outside of, none at all) are errors that name the point.
package curve

package curve_test

import (
	"bytes"
	"fmt"

	"caucus/voting"
	"caucus/voting/curve"
)

func ExampleFigure_WriteSVG() {
	figure := curve.Figure{
		Title: "Accuracy in a window",
		X:     curve.Axis{Label: "window", Unit: curve.Seconds},
		Y:     curve.Axis{Label: "problems answered rightly", Unit: curve.Percent},
		LogX:  true,
		Series: []curve.Series{{Name: "uniform", Points: []curve.Point{
			{X: 1, Interval: voting.Interval{Mean: 0.21, Low: 0.15, High: 0.27}},
			{X: 10, Interval: voting.Interval{Mean: 0.61, Low: 0.55, High: 0.67}},
		}}},
	}
	var file bytes.Buffer
	err := figure.WriteSVG(&file)
	fmt.Println(err, bytes.Contains(file.Bytes(), []byte(">10\u00a0s</text>")))
	// Output: <nil> true
}

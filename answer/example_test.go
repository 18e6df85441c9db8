package answer_test

import (
	"fmt"

	"caucus/answer"
)

func Example() {
	text := `Half of them remain.</think> The answer is \boxed{\frac{2}{4}}.`
	a, _ := answer.Extract(text)
	fmt.Println(a.Text, answer.KeyOf(a), answer.Equal(a, answer.Bare("0.5")))
	// Output: \frac{2}{4} 1/2 true
}

func ExampleClasses() {
	for _, vote := range [][]string{{"25%", "25"}, {"25%", "25", "0.25"}} {
		values := make([]answer.Value, len(vote))
		for i, text := range vote {
			values[i], _ = answer.Read(answer.Bare(text))
		}
		fmt.Println(vote, answer.Classes(values))
	}
	// Output:
	// [25% 25] [25 25]
	// [25% 25 0.25] [1/4 25 1/4]
}

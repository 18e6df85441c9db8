package answer_test

import (
	"fmt"

	"caucus/answer"
)

func Example() {
	text := `Half of them remain.</think> The answer is \boxed{\frac{2}{4}}.`
	raw, _ := answer.Extract(text)
	key, _ := answer.KeyOf(raw)
	fmt.Println(raw, key, answer.Equal(raw, "0.5"))
	// Output: \frac{2}{4} 1/2 true
}

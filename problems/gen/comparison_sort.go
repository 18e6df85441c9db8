package gen

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
)

// insertionSort inserts the numbers one by one into a sorted list, and shows the list after each.
func insertionSort(all []seen, descending bool) (sorted []seen, working []string) {
	for _, s := range all {
		at, _ := slices.BinarySearchFunc(sorted, s, func(a, b seen) int {
			if descending {
				a, b = b, a
			}
			return a.shown.cmp(b.shown)
		})
		sorted = slices.Insert(sorted, at, s)
		if len(sorted) > 1 {
			working = append(working, shownList(sorted))
		}
	}
	return sorted, working
}

func makeSort(r *rand.Rand, level float64) Item {
	all, working := drawList(r, level)
	list := strings.Join(texts(all), ", ")
	form, descending := sortQuestion(r)
	sorted, steps := insertionSort(all, descending)
	answer := strings.Join(texts(sorted), ", ")
	lines := append([]string{direction(descending)}, working...)
	lines = append(append(lines, steps...), answer)
	return Item{Problem: spell(form, list), Solution: joinLines(lines...), Answer: answer}
}

func sortQuestion(r *rand.Rand) (form string, descending bool) {
	switch r.IntN(5) {
	case 0, 1:
		return wording(r,
			[]string{
				"Put {1} in descending order.", "Put {1} in decreasing order.", "Sort {1} in descending order.",
				"Sort {1} in decreasing order.",
			},
			[]string{"sort {1} from biggest to smallest.", "sort {1} descending", "order {1} from high to low."}), true
	case 2:
		return wording(r, []string{"Sort {1}."},
			[]string{"sort {1}", "order these numbers: {1}", "put {1} in order."}), false
	}
	return wording(r,
		[]string{
			"Put {1} in ascending order.", "Put {1} in increasing order.", "Sort {1} in ascending order.",
			"Sort {1} in increasing order.",
		},
		[]string{"sort {1} from smallest to biggest.", "sort {1} ascending", "order {1} from low to high."}), false
}

func direction(descending bool) string {
	if descending {
		return "down"
	}
	return "up"
}

var ordinals = []string{"", "second ", "third ", "fourth ", "fifth ", "sixth ", "seventh "}

// makeKthBiggest sorts from the end that the question names, and counts.
func makeKthBiggest(r *rand.Rand, level float64) Item {
	all, working := drawList(r, level)
	k := min(r.IntN(len(all)), r.IntN(len(all)+2))
	descending := chance(r, 0.5)
	sorted, steps := insertionSort(all, descending)
	adjective := "smallest"
	if descending {
		adjective = "biggest"
	}
	letter, choices := choicesFor(r, all, sorted[k])
	formal := []string{"What is the {1}{2} value in {3}?"}
	casual := []string{"{1}{2} of {3}?", "what is the {1}{2} number in {3}?", "find the {1}{2} of {3}."}
	if letter != "" {
		formal = []string{"Which is the {1}{2} value?"}
		casual = []string{"which is {1}{2}?", "which one is the {1}{2}?"}
	}
	counted := make([]string, k+1)
	for i := range counted {
		counted[i] = fmt.Sprintf("%d:%v", i+1, sorted[i].shown)
	}
	lines := append([]string{fmt.Sprintf("%s %d", direction(descending), k+1)}, working...)
	lines = append(append(lines, steps...), strings.Join(counted, ","))
	question := spell(wording(r, formal, casual), ordinals[k], adjective, strings.Join(texts(all), ", "))
	return chosenItem(question+choices, lines, sorted[k], letter)
}

// choicesFor makes the question one of choice in half of the draws: it writes the numbers as choices and names the
// letter of the wanted one.
func choicesFor(r *rand.Rand, all []seen, wanted seen) (letter, choices string) {
	if chance(r, 0.5) {
		return "", ""
	}
	for i, s := range all {
		mark := string(rune('a' + i))
		choices += "  (" + mark + ") " + s.text
		if s.text == wanted.text {
			letter = mark
		}
	}
	return letter, choices
}

// chosenItem ends the working with the number as the question writes it, and the letter of its choice.
func chosenItem(problem string, lines []string, chosen seen, letter string) Item {
	last, answer := chosen.text, chosen.text
	if letter != "" {
		last, answer = "("+letter+") "+chosen.text, letter
	}
	return Item{Problem: problem, Solution: joinLines(append(lines, last)...), Answer: answer}
}

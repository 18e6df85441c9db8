package answer

import (
	"math/rand/v2"
	"strings"
	"testing"
	"time"
)

// A wanted answer is the text that Extract finds and how surely it is stated.
type wanted struct {
	text, want string
	level      Level
}

func checkExtract(t *testing.T, rows []wanted) {
	t.Helper()
	for _, row := range rows {
		a, ok := Extract(row.text)
		if !ok || a.Text != row.want || a.Level != row.level {
			t.Errorf("Extract(%.90q) = %q at %d, %v; want %q at %d", row.text, a.Text, a.Level, ok, row.want, row.level)
		}
	}
}

func TestTheLastBoxIsTheAnswer(t *testing.T) {
	checkExtract(t, []wanted{
		{`so $y = \boxed{2}$.`, "2", Marked},
		{`First \boxed{1}. On reflection, \boxed{2}.`, "2", Marked},
		{`\boxed{\frac{1}{2}}`, `\frac{1}{2}`, Marked},
		{`\boxed{\{1, 2\}} is the set`, `\{1, 2\}`, Marked},
		{`\fbox{7}`, "7", Marked},
		{`\boxed 5 done`, "5", Marked},
		{`\boxed  {5} done`, "5", Marked},
		{`Thus boxed{12}`, "12", Marked},
		{`so \beginboxed{8\sqrt{6}}`, `8\sqrt{6}`, Marked},
		{"so \boxed{8} and \fbox{}", "8", Marked},
		{`\\boxed{\\left( 3, \\frac{\\pi}{2} \\right)}.$`, `\left( 3, \frac{\pi}{2} \right)`, Marked},
		{`\begin{aligned} x &= 5 \\\boxed{5} \end{aligned}`, `5`, Marked},
		{`landed: \boxed{128`, "128", Marked},
		{`landed: $\boxed{\frac{1}{2}$.`, `\frac{1}{2}`, Marked},
		{"landed: \\boxed{128}\nand \\boxed{}", "128", Marked},
		{`\boxed{\boxed{5}}`, "5", Marked},
		{`\boxed{x = \fbox{5}}`, "x = {5}", Marked},
		{`$\boxed{28 pct}`, "28 pct", Marked},
		{`between $\boxed{12 $ and $13 }`, "12  and 13", Marked},
		{`the value is \boxed{\text{none}}.`, `\text{none}`, Marked},
		{`The answer is 5, but I put \boxed{6}`, "6", Marked},
		{`\boxed{6}. If we check, the answer is 6 again`, "6", Marked},
		{strings.Repeat("x = 1. ", 20000) + `\boxed{` + "5" + `}` + " ok", "5", Marked},
	})
}

func TestBoxesOfOneSentenceAreOneAnswer(t *testing.T) {
	checkExtract(t, []wanted{
		{`\boxed{1} and \boxed{2} and \boxed{3}`, "1, 2, 3", Marked},
		{`\(\boxed{1}\) and \(\boxed{-2}\).`, "1, -2", Marked},
		{`$\boxed{2},\quad \boxed{3},\quad \boxed{x}$`, "2, 3, x", Marked},
		{`$$\boxed{(3, 3)} \text{ for part (a) and } \boxed{(1, 1)}$$`, "(3, 3), (1, 1)", Marked},
		{`$a = \boxed{-1}$ and $a = \boxed{2}.$`, "-1, 2", Marked},
		{"Scratch \\boxed{9}\nFinal: \\boxed{2} and \\boxed{3}", "2, 3", Marked},
		{`\boxed{5} or \boxed{5}`, "5", Marked},
		{`\boxed{200}, so the total is \boxed{455}`, "455", Marked},
		{`\boxed{5} = \boxed{4 + 1}`, "4 + 1", Marked},
		{`\boxed{\sqrt{2}} \approx \boxed{1.414}`, `\sqrt{2}`, Marked},
		{`\boxed{3\pi}, or approximately \boxed{9.42}`, `3\pi`, Marked},
		{`it is \approx \boxed{9.42}`, `9.42`, Marked},
		{`(a) \boxed{1} (b) \boxed{2}`, "1, 2", Marked},
		{`min: \boxed{1}, max: \boxed{2}`, "1, 2", Marked},
		{`\boxed{14} cm, \boxed{15} cm`, "14, 15", Marked},
		{`\boxed{5} and \boxed{\text{}}`, "5", Marked},
	})
}

func TestAPercentSignOrABaseBehindABoxBelongsToIt(t *testing.T) {
	checkExtract(t, []wanted{
		{`$\boxed{28}$ pct`, `28\%`, Marked},
		{`\boxed{20}\%`, `20\%`, Marked},
		{`\boxed{20} \% of them`, `20\%`, Marked},
		{`\boxed{20}\text{ percent}`, `20\%`, Marked},
		{`$\boxed{20\%}$ percent`, `20\%`, Marked},
		{`$\boxed{20}$ percentage points`, `20`, Marked},
		{`$\boxed{20}$ cm`, `20`, Marked},
		{`$\boxed{1202}_3$`, `1202_{3}`, Marked},
	})
}

func TestFourHashesMarkAnAnswerUnlessTheyBeginAHeading(t *testing.T) {
	checkExtract(t, []wanted{
		{"She has 5+3 = 8.\n#### 8", "8", Marked},
		{"#### 70,000\n\nQuestion: what next?", "70,000", Marked},
		{"#### $18 dollars", "$18 dollars", Marked},
		{"#### Step 2: add 3\nWe get \\boxed{4}", "4", Marked},
		{"so \\boxed{4}\n#### 5. Check\nIt holds.", "4", Marked},
	})
}

func TestAStatementGivesItsValueWithoutTheRemark(t *testing.T) {
	checkExtract(t, []wanted{
		{"The final answer is $14{,}916$. I hope it is correct.", `14{,}916`, Marked},
		{"Final Answer: The final answer is $[-3, 2]$. I hope it is correct. <|im_start|>user", `[-3, 2]`, Marked},
		{"Final Answer: The largest $n$ is 34.", "34", Marked},
		{"Final Answer: The volume of $ABCDEFGH$ is 120. I hope it is correct.", "120", Marked},
		{"Final Answer: **73**", "73", Marked},
		{"✅ Final Answer: **73**", "73", Marked},
		{"Step 1: Calculate\nStep 2: Simplify\nFinal answer: 42", "42", Marked},
		{"**Final Answer**\nThe ratio is $\\frac{2}{3}$", `\frac{2}{3}`, Marked},
		{"### Final Answer\n\n\\[ x = 5 \\]", `x = 5`, Marked},
		{`Final Answer: The final answer is \"$12 $ and $13 $\". I hope it is correct.`, "12, 13", Marked},
		{"The answer is 12, which is even.", "12", Stated},
		{"The answer is $5$ because 3 is prime.", "5", Stated},
		{`So the answer is \frac12, since it is half.`, `\frac12`, Stated},
		{"Answer: A", "A", Stated},
		{"__Answer__: A", "A", Stated},
		{"**Answer:** 12", "12", Stated},
		{"Answer $ 9 $", "9", Stated},
		{"Answer $$ \n 9 \n $$", "9", Stated},
		{"The answer is 3.5.", "3.5", Stated},
		{"The answer is 1. No: the answer is 2", "2", Stated},
		{"Therefore the answer is -3", "-3", Stated},
		{"The answer to the question is $\\sqrt{16}$", `\sqrt{16}`, Stated},
		{"Answer (in cm): 5", "5", Stated},
		{"The answers are $1$ and $2$.", "1, 2", Stated},
		{"The answer should be 7.", "7", Stated},
		{"The result is $3$", "3", Stated},
		{"A: 18", "18", Stated},
		{"The answer is Tuesday.", "Tuesday", Stated},
		{"The answer is $220.", "$220", Stated},
		{"The answer is $5 and not $6.", "$5", Stated},
		{"The answer is 4:30 p.m.", "4:30 p.m.", Stated},
		{"Réponse: Janeth aura encore 220 $ à payer d'ici 12 mois.", "220", Stated},
		{"答案是 42。", "42", Stated},
		{"最终答案是：$\\frac{1}{2}$。", "\\frac{1}{2}", Stated},
		{"الإجابة هي 42", "42", Stated},
		{"Đáp án là 42", "42", Stated},
		{"Answer 12 apples", "12 apples", Stated},
		{"Answer \\begin{equation} 9 \\end{equation}", "9", Stated},
		{"The answer is approximately $3.14$.", "3.14", Stated},
		{"The answer is x=5, y=6.", "x=5, y=6", Stated},
		{"The answer is 3 1/2.", "3 1/2", Stated},
		{"The answer is all real numbers except 3.", "all real numbers except 3", Stated},
		{"The answer is Yes, because it is.", "Yes", Stated},
		{"**Answer:** The total is **42**.", "42", Stated},
		{"Express the answer as a percentage: 1 foot / 10 feet * 100% = 10%.", "10%", Stated},
		{"The answer is not 5 but 6.", "6", LastNumber},
		{"Final Answer: The final answer is 7. I hope it is correct.\n\nQuestion: What is 3+4? Answer: 9", "7", Marked},
		{"Antwort: 7", "7", Stated},
	})
}

func TestMathematicsAtTheEndIsTheAnswerOfAFinishedText(t *testing.T) {
	checkExtract(t, []wanted{
		{"We get\nSo the total is 2*3 = 6.", "6", Maths},
		{`Therefore, \( x = 4 \)`, "x = 4", Maths},
		{"Thus $x <= 2$ is our answer.", "x <= 2", Maths},
		{"so h is known.\nAD = h = 3 + 2√2.", "3 + 2√2", Maths},
		{"The ratio is [1/2].", "[1/2]", Maths},
		{"42", "42", Maths},
		{"-5", "-5", Maths},
		{"3+2", "3+2", Maths},
		{"[-3]", "[-3]", Maths},
		{`[$\sqrt{\sqrt{16}}$]`, `\sqrt{\sqrt{16}}`, Maths},
		{`$1 \times 10^3$`, `1 \times 10^3`, Maths},
		{"42 because geometry proves it", "42", Maths},
		{"First compute 6*7.\n42", "42", Maths},
		{`$\log_2(8) = 3$`, "3", Maths},
		{`$\sqrt{4} = 2$`, "2", Maths},
		{`Matrix: $ \begin{pmatrix}1 & 2 \\ 3 & 4\end{pmatrix} $`, `\begin{pmatrix}1 & 2 \\ 3 & 4\end{pmatrix}`, Maths},
		{
			`The sum is $\begin{pmatrix}1&2\\3&4\end{pmatrix} + \begin{pmatrix}5&6\\7&8\end{pmatrix}$`,
			`\begin{pmatrix}1&2\\3&4\end{pmatrix} + \begin{pmatrix}5&6\\7&8\end{pmatrix}`, Maths,
		},
		{"So $x = 1$ or $x = 2$.", "x = 1, x = 2", Maths},
		{"So x = 1 and y = 2.", "x = 1 and y = 2", Maths},
		{`The radius is $8-3=5$, so the area is $\pi r^2=25\pi$.`, `25\pi`, Maths},
		{"Thus it has **73**.\n\nGood luck!", "73", LastNumber},
		{"因此多 **3页**。", "3", Maths},
		{`It is clear that $$\begin{aligned}x &= 2+3 \\ &= 5\end{aligned}$$`, "5", Maths},
		{`Thus \begin{align*} x &= 2+3 \\ &= 5. \end{align*}`, "5", Maths},
		{"Hence\n$$\n(p+1)(q+1) = 0.\n$$", "0", Maths},
		{"So the equation of the line is $y = 2x + 3$.", "y = 2x + 3", Maths},
		{"So the equation is 2x + 3y = 6.", "2x + 3y = 6", Maths},
		{"Thus $x=2$ (since $x > 0$).", "x=2", Maths},
		{"There are $12$ ways to choose $3$ of $5$.", "12", Maths},
		{"The value is $6$, and is achieved when $x=-2$ and $y=4$.", "6", Maths},
		{"We have $x^2 = 4$, so $x = \\pm 2$.", "x = \\pm 2", Maths},
		{"This equals $50 \\cdot 12$, or $600$.", "50 \\cdot 12", Maths},
		{`It follows that $7^2 \equiv 49 \equiv 4 \pmod 5$.`, "4", Maths},
		{"The vertices are $(1,2)$ and $(3,4)$.", "(1,2), (3,4)", Maths},
		{"Thus he pays $4 + $5 = $9.", "$9", Maths},
		{"The cost is $1.5 million.", "$1.5 million", Maths},
		{"so we get \\frac{1}{2} as result.", "\\frac{1}{2}", Maths},
		{"First [1], then we get [2].", "[2]", Maths},
		{"The angle is [45] degrees.", "[45]", Maths},
		{"[ \n 9 \n ]", "[9]", Maths},
		{"= 42", "42", Maths},
		{"5 cm^2", "5 cm^2", Maths},
		{"1/2 or 1/3", "1/2 or 1/3", Maths},
		{"No solution", "No solution", Maths},
		{"Yes.", "Yes", Maths},
		{`\text{Bob wins if }G\text{ is even and the requested sum is }505.`, "505", Maths},
	})
}

func TestAChoiceIsFoundInProse(t *testing.T) {
	checkExtract(t, []wanted{
		{"It's not A because it makes no sense, therefore I think it's B", "B", Maths},
		{"The answer is for sure D, it can't be A or B", "D", Stated},
		{"D. it can't be A or B", "D", Maths},
		{"(C) because it is the largest", "C", Maths},
		{"The answer is B.\n\nAnswer: B", "B", Stated},
		{"Answer: (B) the second", "B", Stated},
		{"The correct answer is **C**.", "C", Stated},
		{"The correct answer is option C.", "C", Stated},
		{"Answer: A, C", "A, C", Stated},
		{"The answer is C, not D.", "C", Stated},
		{"Therefore, the correct answer is choice B: 42.", "B", Stated},
		{"Answer:A", "A", Stated},
		{"I'd go with (C).", "C", Maths},
		{"It could be A, but B is better. So B.", "B", Maths},
		{"The answer is not A. It is B.", "B", Maths},
		{"答案是B", "B", Stated},
		{"故选：C", "C", Maths},
		{"$B$ is a set. Thus its sum is 5.", "5", Maths},
		{"We see that C is correct.", "C", Maths},
		{"\n<|begin_of_box|>A<|end_of_box|>", "A", Marked},
		{"<think>x</think><answer> B </answer>", "B", Marked},
	})
}

func TestTheLastNumberCountsInAFinishedText(t *testing.T) {
	checkExtract(t, []wanted{
		{"He pays 5 and keeps 1,234.5 in the end.", "1,234.5", LastNumber},
		{"So he keeps 25% of it.", "25%", LastNumber},
		{"15 * 6 = 90.\nSo they eat 90 carrots in 6 days.", "90", LastNumber},
		{"He has 12 000 of them.", "12 000", LastNumber},
		{"They meet at 3:45 p.m.", "3:45 p.m.", LastNumber},
		{"Total: 42", "42", LastNumber},
		{"how many $? just about 1$", "1", LastNumber},
		{"杰西开始慢跑前的体重是192公斤。", "192", LastNumber},
		{"so the number is 10 which is 1,000.99m²", "1,000.99m²", Maths},
		{"not it's not 10 it's 1,000.99m²", "1,000.99", LastNumber},
	})
}

func TestOnlyWhatFollowsTheReasoningCounts(t *testing.T) {
	checkExtract(t, []wanted{
		{`\boxed{3} hm </think> The result is \boxed{4}`, "4", Marked},
		{`<think>x</think> the answer is 9.`, "9", Stated},
		{`<REASONING_START> \boxed{1} </REASONING_END> \boxed{\frac{63}{400}}`, `\frac{63}{400}`, Marked},
		{"<|im_start|>assistant\nIt is \\boxed{4}<|im_end|>\n<|im_start|>user\n\\boxed{5}?", "4", Marked},
	})
	for _, text := range []string{
		`<think> so \boxed{4}`, `\boxed{4} </think>`, `<think> My answer is \boxed{42} </think> Some other text.`,
		"<think>" + strings.Repeat("x = 1. ", 20000) + `\boxed{4}`, `a </think> b <think> \boxed{3}`,
	} {
		if a, ok := Extract(text); ok {
			t.Errorf("Extract(%.60q) = %q, want none", text, a.Text)
		}
	}
}

func TestNothingIsTakenFromAnUnfinishedOrOpenText(t *testing.T) {
	for _, text := range []string{
		"", " \n", "!!!", "Let x be 5. Then 3x = 15", "So 3x = 15 and then we must", "so we get x = 12 +", "Thus y = 7",
		`\boxed{}`, `\boxed{`, "The answer is", "No valid answer here", "The answer is !!!invalid!!!",
		"Answer: A or B", "Answer: A/B/C", "The answer is (A) or (B).", `\boxed{A} or \boxed{B}`,
		`\boxed{\text{A or B}}`,
		"Answer: $A$ or $B$", "A or B, I am not sure.", "The answer is not 5.", "The answer isn't 5.",
		"The answer is clear.",
		"If the answer is 5, then we are done", `\boxed{\text{}}`, "<answer></answer>", "hello", "[]", ", answer $",
		"I cannot solve it.",
		"We get:\n\\[ x^2 - (1 + 111)", "So \\[ x = 5", "we find that $x = 4", "Steps:\n1. Add 5.\n2.",
		"**Step 4:**", "add 4:", "He makes 64/4 = 16 logs.\nThat gives him 16 * 5 = 16*",
		"The answer is $\\frac{1}{",
		"__import__('os').system('touch marker') or 0", "Some other text.",
		"the answer is obtained by adding all of the numbers which were found so far in the table above",
	} {
		if a, ok := Extract(text); ok {
			t.Errorf("Extract(%q) = %q at level %d, want none", text, a.Text, a.Level)
		}
	}
}

// TestAMarkedAnswerIsFoundBehindAnyText puts marks behind texts that end in every state, whole or cut off.
func TestAMarkedAnswerIsFoundBehindAnyText(t *testing.T) {
	texts := []string{
		"", "So $x = 5$.", "We get $", "Let \\[ x = ", "\\begin{align*} x &= 5 \\\\", "The answer is 4.",
		"\\boxed{3}. But no.", "1. Add\n2.",
		"<think>so 5</think>", "#### 7", "**Final Answer**", "Costs $5", "it's B", "A or B", "因此", "\xff\xfe",
		"{{{", "}}}", "((",
	}
	answers := []string{
		"12", `\frac{1}{2}`, `\{1, 2\}`, "(-3, 5]", "x = 5", `\text{Yes}`, "-1.5", `\begin{pmatrix}1\\2\end{pmatrix}`,
	}
	marks := []string{
		"\n$\\boxed{%}$.", "\n\\fbox{%}", "\n#### $%$",
		"\nThe final answer is $%$. I hope it is correct.",
	}
	for _, text := range texts {
		for _, want := range answers {
			for _, mark := range marks {
				a, ok := Extract(text + strings.Replace(mark, "%", want, 1))
				if !ok || a.Text != want || a.Level != Marked {
					t.Errorf("%q behind %q gives %q at level %d, want %q", mark, text, a.Text, a.Level, want)
				}
			}
		}
	}
}

// hostilePieces are pieces of texts that make much of the work of some part of Extract.
var hostilePieces = []string{
	`\boxed{`, `\boxed{1},`, `\boxed{a\boxed{`, `\boxed 5 `, "oxed ", "ox", "####", "#### 1\n", "answer is ",
	"answer: x\n", "answer $", "Answer:\n", "result is ", "答", "A or ", "selected ", " is A", "so = ", "= 1 ",
	"= ", "x = ", "is ", "and ", " or ", ", ", "1;", "1", "1,", " 1/", "1 200", " - ", "$", "$1$, ",
	"$ a $", `\(`, `\)`, `\[`,
	`\]`, `\frac{`,
	`\text{`, `\begin{align}`, `\end{align}`, `\`, "{", "}", "(", "[", "]", "**", "**1**", "<", "<|", "</t", "<answer>",
	"\nQ:", "\n", ".",
}

func TestExtractFromAHugeTextIsQuick(t *testing.T) {
	for _, piece := range hostilePieces {
		text := strings.Repeat(piece, 1<<20/len(piece))
		for _, end := range []string{"", ".", "$", `\boxed{`, "**"} {
			if d := quickestExtract(text + end); d > 25*time.Millisecond { // a few, without the race detector
				t.Errorf("Extract of 1 MB of %q ending in %q took %v", piece, end, d)
			}
		}
	}
}

func TestExtractKeepsItsPromisesForAnyMixtureOfPieces(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	for range 20000 {
		var text strings.Builder
		for range 1 + random.IntN(12) {
			text.WriteString(hostilePieces[random.IntN(len(hostilePieces))])
		}
		checkPromises(t, text.String())
	}
	for range 300 {
		pair := hostilePieces[random.IntN(len(hostilePieces))] + hostilePieces[random.IntN(len(hostilePieces))]
		checkPromises(t, strings.Repeat(pair, 1+random.IntN(3000)))
	}
}

// checkPromises checks that Extract gives an answer of bounded length and a level, or neither, and the same each time.
func checkPromises(t *testing.T, text string) {
	t.Helper()
	a, ok := Extract(text)
	if ok != (a.Text != "") || ok != (a.Level != 0) || len(a.Text) > min(2*len(text), maxAnswer) {
		t.Fatalf("Extract(%q) = %q at level %d, %v", text, a.Text, a.Level, ok)
	}
	if again, _ := Extract(text); again != a {
		t.Fatalf("Extract(%q) = %q, then %q", text, a.Text, again.Text)
	}
}

// quickestExtract is the least of a few times that Extract takes, so that other processes do not count.
func quickestExtract(text string) time.Duration {
	quickest := time.Hour
	for range 4 {
		start := time.Now()
		Extract(text)
		quickest = min(quickest, time.Since(start))
	}
	return quickest
}

func FuzzExtract(f *testing.F) {
	for _, text := range []string{
		`\boxed{\frac{1}{2}}`, "#### 8", "Therefore, \\( x = 4 \\)", `</think>\boxed 5`, "Answer: A", `\boxed{\}}`,
		"Final Answer: The final answer is $1$ and $2$.", "**3页**。", "it is 5%.", "A or B",
		`\\boxed{\\{1\\}}`, `\boxed{1}_3, \fbox{2}%`, `\begin{align*}x&=5\end{align*}`, "[5]", "so \\frac12 of 1 200",
		"<think>a</think><answer>b</answer>", "Thus, $1$ is \\$5 (since $x$).", "10 = 5. 3) 4", "选B", "答案：5",
	} {
		f.Add(text)
	}
	f.Fuzz(checkPromises)
}

// Package problems is what goes into caucus and what comes out: files of problems, the prompt made from a problem, and
// files of results.
//
//	list, err := problems.ReadFile("aime.jsonl")          // statements, with reference answers where the file has them
//	prompt := problems.Prompt(list[0].Text, problems.M1Suffix)
//	err = problems.NewWriter(out).Write(problems.Result{ID: list[0].ID, Answer: "204"})
//
// A problem file holds one JSON object a line, or is one JSON array of such objects:
//
//		{"id": "p1", "problem": "What is 12 + 30?", "answer": 42}
//
//	  - The statement stands in "problem", or in "question" where there is no "problem".
//	  - "answer" is optional: a string, number or boolean, or a list of exactly one of these. Numbers keep their digits.
//	    Of a string with "####", as GSM8K writes its solutions, what stands behind the last one is the answer.
//	  - "id" is optional: a string or number. Without it a problem is named by its line, in an array by its position.
//	  - null and "" count as absent. Field names are matched exactly; other fields are ignored.
//	  - Blank lines, CRLF line ends and a UTF-8 byte order mark at the start are accepted.
//
// Package gen makes problems instead of reading them.
package problems

// A Problem is one statement to be solved.
type Problem struct {
	ID     string // unique within its file
	Text   string // passes Check
	Answer string // the reference answer as the file writes it; "" when there is none
}

// Limits on what is read. They are far above real problems and keep a wrong file from filling the memory.
const (
	MaxFile = 256 << 20 // bytes of a problem file
	MaxLine = 1 << 20   // bytes of a line, or of an object in an array
	MaxText = 64 << 10  // bytes of a statement
	MaxID   = 256       // bytes of an id
)

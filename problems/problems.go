// Package problems is what goes into caucus and what comes out: files of problems, the prompt made from a problem, and
// files of results.
//
//	list, err := problems.ReadFile("aime.parquet", problems.Options{Limit: 30}) // with answers where the file has them
//	prompt := problems.Prompt(list[0].Text, problems.M1Suffix)
//	err = problems.NewWriter(out).Write(problems.Result{ID: list[0].ID, Answer: "204"})
//
// A problem file is JSON Lines (.jsonl, .ndjson), an array of JSON objects (.json), a table with a row of names (.csv,
// .tsv), or parquet. Where the extension is none of these, the first bytes tell: PAR1, a brace or bracket, a tab or comma
// in the first line. JSON is an array if it begins with a bracket, whatever its name. All but parquet can be packed by gzip.
// A byte order mark, CRLF line ends and blank lines are accepted. Parquet is read from files, and from any other reader up
// to 64 MiB.
//
// A row becomes a problem by its fields, whose names are known in any letter case. The first that has a value counts, null
// and "" being none; [Fields] names others.
//
//		part       fields
//		statement  problem, question (behind the text of body, if there is one), statement
//		answer     answer, final_answer, expected_answer, solution
//		id         id, unique_id, problem_id, problem_idx
//
//	  - A statement is a string. An answer is optional: a string, number or boolean, or a list of one; if is_multiple_answer
//	    is true, several are joined by ", ". Numbers keep their digits.
//	  - Of an answer with "####", as GSM8K writes them, what stands behind the last one counts. Of a solution only that
//	    does, or what its last \boxed{...} holds.
//	  - An id is a string or number. Without one a problem is named by its line, in an array or parquet by its position. Of
//	    the problems that are chosen each has its own.
//
// These rules fit GSM8K, MATH, MATH-500, AIME, AMC, OlympiadBench, Minerva, SVAMP and mathematics_dataset as they come.
//
// A [Filter] sees a row's fields by their own names, and the three parts as statement, answer and id. Numbers are numbers,
// the cells of a table too, and "Level 5" in a field named level is 5. A field that a row lacks is nil; one that no row has
// is an error. docs/formats.md has examples, and the fields of results.
//
// Package gen makes problems instead of reading them.
package problems

// A Problem is one statement to be solved.
type Problem struct {
	ID     string // unique among those that are read together
	Text   string // passes Check
	Answer string // the reference answer as the file writes it; "" when there is none
}

// Limits on what is read. They are far above real problems and keep a wrong file from filling the memory.
const (
	MaxLine = 1 << 20  // bytes of a line, an object in an array, or a row of a table
	MaxText = 64 << 10 // bytes of a statement
	MaxID   = 256      // bytes of an id
)

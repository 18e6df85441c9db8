module caucus

go 1.26

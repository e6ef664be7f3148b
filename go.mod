module tcimport

go 1.26

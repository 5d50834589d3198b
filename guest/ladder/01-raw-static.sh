/bin/rawhello

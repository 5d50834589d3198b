/tests/guest-tests misc/hello

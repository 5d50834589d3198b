/bin/echo Hello, world!

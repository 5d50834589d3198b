cd "$(mktemp -d)"
mkdir src
cat > src/main.ts <<'END'
import { greet, type Name } from "./greet";
const name: Name = { first: "Ada", last: "L" };
console.log(greet(name));
END
cat > src/greet.ts <<'END'
export interface Name { first: string; last: string }
export function greet(n: Name): string { return `Hello, ${n.first} ${n.last}`; }
export function unused(): void {}
END
esbuild src/main.ts --bundle --outfile=out.js --log-level=error; grep -c 'Hello' out.js; grep -c 'unused' out.js
echo 'let x: number = 7; export const y = (a: string) => a' | esbuild --loader=ts
echo 'function longName(parameter) { return parameter }; longName(f)' | esbuild --minify-whitespace
echo '.a { color: red; .b & { top: 0 } }' > a.css; esbuild a.css --minify --log-level=error > /dev/null; echo "css $?"
for i in $(seq 1 200); do echo "import { f$i } from './m$i'; f$i();" >> many.js; echo "export function f$i() { console.log($i) }" > m$i.js; done
esbuild many.js --bundle --outfile=many-out.js --log-level=error; grep -c 'console.log' many-out.js
echo 'let = = 1' | esbuild --log-level=silent; echo "error $?"

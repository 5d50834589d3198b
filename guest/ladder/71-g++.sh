export LC_ALL=C
cd "$(mktemp -d)"
cat > app.cpp <<'END'
#include <algorithm>
#include <iostream>
#include <map>
#include <memory>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>
struct Shape { virtual ~Shape() = default; virtual double area() const = 0; };
struct Square : Shape { double s; explicit Square(double s) : s(s) {} double area() const override { return s * s; } };
static int depth(int n) { if (n == 0) throw std::runtime_error("thrown from depth"); return depth(n - 1) + 1; }
int main() {
    std::map<std::string, int> words;
    for (const char *w : {"b", "a", "b", "c", "b"}) words[w]++;
    for (auto &[w, n] : words) std::cout << w << "=" << n << " ";
    std::vector<std::unique_ptr<Shape>> shapes;
    for (int i = 1; i <= 3; i++) shapes.push_back(std::make_unique<Square>(i));
    double sum = 0;
    for (auto &s : shapes) sum += s->area();
    std::cout << sum << "\n";
    try { depth(50); } catch (const std::exception &e) { std::cout << "caught " << e.what() << "\n"; }
    std::vector<long> parts(4);
    std::vector<std::thread> threads;
    for (int t = 0; t < 4; t++) threads.emplace_back([&parts, t] { for (long i = t; i < 100000; i += 4) parts[t] += i; });
    for (auto &t : threads) t.join();
    std::cout << parts[0] + parts[1] + parts[2] + parts[3] << "\n";
}
END
g++ -O1 -std=c++17 -pthread -o app app.cpp && ./app

export LC_ALL=C TZ=UTC HOME=$(mktemp -d)
export GIT_CONFIG_NOSYSTEM=1 GIT_AUTHOR_NAME=A GIT_AUTHOR_EMAIL=a@example.org GIT_COMMITTER_NAME=C GIT_COMMITTER_EMAIL=c@example.org
export GIT_AUTHOR_DATE='1700000000 +0000' GIT_COMMITTER_DATE='1700000000 +0000'
umask 022
cd "$HOME"
git config --global init.defaultBranch main
git config --global advice.detachedHead false
git init -q repo && cd repo
for i in 1 2 3 4 5 6 7 8 9 10; do
    mkdir -p "d$((i % 3))"; seq 1 $((i * 100)) > "d$((i % 3))/file$i"; echo "change $i" >> log
    git add -A && git commit -q -m "Commit $i"
done
git rev-parse HEAD
git checkout -q -b side HEAD~3; echo side > side; chmod +x side; ln -s side link; git add -A; git commit -q -m Side
git checkout -q main; git merge -q --no-edit side; git rev-parse HEAD
git tag -a v1 -m 'Version 1'; git rev-parse v1
git log --oneline | wc -l; git log --format=%s | head -n 4
git diff --stat HEAD~2 HEAD | tail -n 1; git ls-tree -r HEAD | wc -l
echo changed >> log; git stash -q; git stash pop -q 2>&1; git status --short; git checkout -q -- log
git gc -q --aggressive --prune=now && git fsck --full 2>/dev/null && git count-objects | cut -d' ' -f 1
git clone -q --bare . ../bare.git; git clone -q ../bare.git ../work; git -C ../work rev-parse HEAD
cd ../work; echo pushed > pushed; git add -A; git commit -q -m Pushed; git push -q origin main; git -C ../bare.git rev-parse main
git rebase -q --onto HEAD~2 HEAD~1 2>/dev/null; git rev-parse HEAD
git blame -s log | head -n 2
git grep -n 'change 7'; git archive --format=tar HEAD | tar -tf - | wc -l
git bundle create -q ../b HEAD && git bundle verify -q ../b 2>/dev/null && echo bundle
git worktree add -q ../wt v1 2>/dev/null; git -C ../wt log -1 --format=%s

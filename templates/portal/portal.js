/* The search. Without scripts every page works, only this box stays hidden. 站内搜索；禁用脚本时仅搜索框不显示。 */
"use strict";

(function () {
  const form = document.querySelector("form.search");
  const input = form.querySelector("input");
  const panel = form.querySelector(".results");
  const status = panel.querySelector("p");
  const list = panel.querySelector("ol");
  const MOST = 20;
  let loading = false;
  let rows = null;

  function folded(text) {
    return text.normalize("NFKC").toLowerCase();
  }

  // The index is a script, since a page opened from a folder may not read other files; it is loaded when it is wanted.
  function load() {
    if (loading) {
      return;
    }
    loading = true;
    const script = document.createElement("script");
    script.src = form.dataset.index;
    script.onload = function () {
      rows = window.portalIndex.map(function (row) {
        return { group: row[0], title: row[1], path: row[3], head: folded(row[1]), all: folded(row.join(" ")) };
      });
      find();
    };
    script.onerror = function () {
      loading = false;
      panel.hidden = false;
      status.textContent = form.dataset.failed;
    };
    document.head.append(script);
  }

  // What begins with the words comes first, then what has them in its title, then the rest; each as the index has it.
  function rank(row, terms) {
    if (row.head.startsWith(terms[0])) {
      return 0;
    }
    return terms.every((term) => row.head.includes(term)) ? 1 : 2;
  }

  function find() {
    const terms = folded(input.value).split(/\s+/).filter(Boolean);
    panel.hidden = terms.length === 0;
    list.replaceChildren();
    if (rows === null || terms.length === 0) {
      return;
    }
    const found = [[], [], []];
    for (const row of rows) {
      if (terms.every((term) => row.all.includes(term))) {
        found[rank(row, terms)].push(row);
      }
    }
    const all = found.flat();
    for (const row of all.slice(0, MOST)) {
      const item = document.createElement("li");
      const link = document.createElement("a");
      const group = document.createElement("small");
      link.href = form.dataset.pages + encodeURI(row.path);
      link.textContent = row.title;
      group.textContent = row.group;
      link.append(" ", group);
      item.append(link);
      list.append(item);
    }
    const words = all.length > MOST ? "many" : all.length > 1 ? "some" : all.length === 1 ? "one" : "none";
    status.textContent = form.dataset[words].replace("{count}", all.length).replace("{most}", MOST);
  }

  function move(step) {
    const links = [...list.querySelectorAll("a")];
    const at = links.indexOf(document.activeElement) + step;
    (at < 0 ? input : links[Math.min(at, links.length - 1)] || input).focus();
  }

  form.hidden = false;
  input.addEventListener("focus", load);
  input.addEventListener("input", function () {
    load();
    find();
  });
  form.addEventListener("submit", function (event) {
    event.preventDefault();
    const first = list.querySelector("a");
    if (first) {
      first.click();
    }
  });
  form.addEventListener("keydown", function (event) {
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault();
      move(event.key === "ArrowDown" ? 1 : -1);
    } else if (event.key === "Escape") {
      panel.hidden = true;
      input.focus();
    }
  });
  document.addEventListener("click", function (event) {
    if (!form.contains(event.target)) {
      panel.hidden = true;
    }
  });
  document.addEventListener("keydown", function (event) {
    if (event.key === "/" && !/^(INPUT|TEXTAREA|SELECT)$/.test(document.activeElement.tagName)) {
      event.preventDefault();
      input.focus();
    }
  });
})();

'use strict';
// Tables of the page: sort by clicking a header, filter by words, show rows beyond the first 500 on demand.
// Works from a file share: no request is ever made.
(function () {
  const LIMIT = 500;
  const collator = new Intl.Collator('en', { numeric: true, sensitivity: 'base' });

  // A row of the table is a list of [text, value]; value is undefined where the column has no numbers.
  function readRows(table) {
    return Array.from(table.tBodies[0].rows, function (tr) {
      return Array.from(tr.cells, function (td) {
        return [td.textContent, td.dataset.v === undefined ? undefined : Number(td.dataset.v)];
      });
    });
  }

  function readRest(block) {
    const script = block.querySelector('script.rest');
    if (!script) { return []; }
    const data = JSON.parse(script.textContent);
    const words = data.words.map(function (w) { return Array.isArray(w) ? w : [w, undefined]; });
    return data.rows.map(function (row) { return row.map(function (i) { return words[i]; }); });
  }

  function buildRow(cells, kinds) {
    const tr = document.createElement('tr');
    cells.forEach(function (cell, index) {
      const td = document.createElement('td');
      const kind = kinds[index];
      if (kind) { td.className = kind; }
      if (kind === 'badge') {
        const span = document.createElement('span');
        span.className = 'is-' + cell[0].replace(/\s/g, '-');
        span.textContent = cell[0];
        td.appendChild(span);
      } else {
        // as in the rows of the page: names may be broken after a plus, and very long ones anywhere
        cell[0].split(/(?<=\+)(?=\S)|(?<=\S{24})(?=\S)/).forEach(function (part) {
          if (td.firstChild) { td.appendChild(document.createElement('wbr')); }
          td.appendChild(document.createTextNode(part));
        });
      }
      if (cell[1] !== undefined) { td.dataset.v = cell[1]; }
      tr.appendChild(td);
    });
    return tr;
  }

  function compare(a, b) {
    if (a[1] !== undefined && b[1] !== undefined) { return a[1] - b[1]; }
    return collator.compare(a[0], b[0]);
  }

  function element(name, text, parent) {
    const made = document.createElement(name);
    made.textContent = text;
    parent.appendChild(made);
    return made;
  }

  function setUp(table) {
    const block = table.closest('.block');
    const headers = Array.from(table.tHead.rows[0].cells);
    const kinds = headers.map(function (th) { return th.className; });
    const total = Number(table.dataset.rows);
    const note = block.querySelector('.more');
    let rows = null;
    let found = null;
    let column = -1;
    let direction = 1;
    let all = false;

    const tools = document.createElement('div');
    tools.className = 'tools';
    const label = element('label', 'Filter ', tools);
    const input = document.createElement('input');
    input.type = 'search';
    input.placeholder = 'words to look for';
    label.appendChild(input);
    const count = element('span', '', tools);
    count.className = 'count';
    count.setAttribute('role', 'status');
    const more = element('button', 'Show all', tools);
    more.type = 'button';
    block.insertBefore(tools, block.querySelector('.scroll'));

    function load() {
      if (rows) { return; }
      rows = readRows(table).concat(readRest(block));
      rows.forEach(function (row, index) {
        row.order = index;
        row.words = row.map(function (cell) { return cell[0]; }).join('\n').toLowerCase();
      });
      found = rows;
    }

    function status() {
      const matching = found ? found.length : total;
      const shown = Math.min(matching, all ? matching : LIMIT);
      let text = matching.toLocaleString('en') + (matching === 1 ? ' row' : ' rows');
      if (matching !== total) { text += ' of ' + total.toLocaleString('en'); }
      if (shown < matching) { text += ', first ' + shown + ' shown'; }
      count.textContent = text;
      more.hidden = shown >= matching;
      if (note) { note.hidden = shown >= matching; note.textContent = 'Shown: ' + text + '.'; }
    }

    function draw() {
      const fragment = document.createDocumentFragment();
      (all ? found : found.slice(0, LIMIT)).forEach(function (row) { fragment.appendChild(buildRow(row, kinds)); });
      table.tBodies[0].replaceChildren(fragment);
      status();
    }

    function update() {
      load();
      const words = input.value.toLowerCase().split(/\s+/).filter(Boolean);
      found = rows.filter(function (row) {
        return words.every(function (word) { return row.words.includes(word); });
      });
      if (column >= 0) {
        found.sort(function (a, b) { return direction * compare(a[column], b[column]) || a.order - b.order; });
      }
      draw();
    }

    headers.forEach(function (th, index) {
      const button = document.createElement('button');
      button.type = 'button';
      button.textContent = th.textContent;
      th.replaceChildren(button);
      th.setAttribute('aria-sort', 'none');
      button.addEventListener('click', function () {
        direction = column === index ? -direction : 1;
        column = index;
        headers.forEach(function (other) { other.setAttribute('aria-sort', 'none'); });
        th.setAttribute('aria-sort', direction > 0 ? 'ascending' : 'descending');
        update();
      });
    });
    let waiting = 0;
    input.addEventListener('input', function () {
      clearTimeout(waiting);
      waiting = setTimeout(update, total > LIMIT ? 150 : 0);
    });
    more.addEventListener('click', function () { all = true; update(); });
    status();
  }

  document.querySelectorAll('table.data').forEach(setUp);
})();

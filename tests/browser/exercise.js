'use strict';
// Run inside report.html by .ci/browser: sorts, filters and opens every table as a reader would, and writes what it saw into
// <pre id="browser-test">: "passed N checks", or one line per failure.
(async function () {
  const failures = [];
  let checks = 0;
  function check(good, what) {
    checks += 1;
    if (!good) { failures.push(what); }
  }
  function sleep(ms) { return new Promise(function (done) { setTimeout(done, ms); }); }
  function shown(table) { return Array.from(table.tBodies[0].rows); }
  function values(table, column) {
    return shown(table).map(function (row) { return Number(row.cells[column].dataset.v); });
  }
  function inOrder(list, sign) {
    return list.every(function (value, index) { return index === 0 || sign * (value - list[index - 1]) >= 0; });
  }
  async function type(input, text) {
    input.value = text;
    input.dispatchEvent(new Event('input'));
    await sleep(400);
  }

  async function exercise(table) {
    const block = table.closest('.block');
    const name = block.id;
    const total = Number(table.dataset.rows);
    const headers = Array.from(table.tHead.rows[0].cells);
    const input = block.querySelector('input');
    const count = block.querySelector('.count');
    const more = block.querySelector('.tools button');
    check(shown(table).length === Math.min(total, 500), name + ': rows shown at first');
    check(count.textContent.startsWith(total.toLocaleString('en') + ' row'), name + ': row count "' + count.textContent + '"');

    for (const [column, header] of headers.entries()) {
      const button = header.querySelector('button');
      check(button !== null && header.getAttribute('aria-sort') === 'none', name + ': header can be clicked');
      for (const [sign, word] of [[1, 'ascending'], [-1, 'descending']]) {
        button.click();
        check(header.getAttribute('aria-sort') === word, name + ': aria-sort ' + word);
        const others = headers.filter(function (h) { return h.getAttribute('aria-sort') !== 'none'; });
        check(others.length === 1, name + ': one sorted column');
        if (header.classList.contains('number')) {
          check(inOrder(values(table, column), sign), name + ': ' + button.textContent + ' sorts as numbers, ' + word);
        }
      }
      header.setAttribute('aria-sort', 'none');
    }

    const word = shown(table)[0].cells[1].textContent.trim().split(/\s+/)[0].toLowerCase();
    await type(input, word);
    const kept = shown(table);
    check(kept.length > 0 && kept.every(function (row) { return row.textContent.toLowerCase().includes(word); }),
      name + ': filter "' + word + '"');
    await type(input, 'no row has these words');
    check(shown(table).length === 0 && count.textContent.startsWith('0 rows of'), name + ': nothing found');
    await type(input, '');
    check(shown(table).length === Math.min(total, 500), name + ': all rows again');
    check(more.hidden === (total <= 500), name + ': show all offered only when it helps');
    if (total > 500) {
      more.click();
      check(shown(table).length === total && more.hidden, name + ': show all');
    }
  }

  try {
    const tables = Array.from(document.querySelectorAll('table.data'));
    check(tables.length > 5, 'the page has its tables');
    for (const table of tables) { await exercise(table); }
    const ids = Array.from(document.querySelectorAll('[id]'), function (e) { return e.id; });
    check(new Set(ids).size === ids.length, 'every id is there once');
    document.querySelectorAll('a[href]').forEach(function (a) {
      const href = a.getAttribute('href');
      check(href.startsWith('#') && document.getElementById(href.slice(1)) !== null, 'link ' + href);
    });
    check(document.querySelectorAll('figure .picture > svg').length === document.querySelectorAll('figure').length, 'one drawing in each figure');
    document.querySelectorAll('.pages use').forEach(function (part) {
      check(document.getElementById(part.getAttribute('href').slice(1)) !== null, 'a printed page shows ' + part.getAttribute('href'));
      check(part.getBoundingClientRect().height === 0, 'printed pages do not show on the screen');
    });
    check(document.querySelectorAll('figure').length >= 5, 'five drawings at least');
    check(performance.getEntriesByType('resource').length === 0, 'no request is made');
    document.querySelectorAll('.block h3').forEach(function (title) {
      if (title.textContent.startsWith('Which NIC does what on each node') && window.innerWidth >= 1280) {
        const frame = title.closest('.block').querySelector('.scroll');
        check(frame.scrollWidth <= frame.clientWidth, 'the last column of the ports is not cut');
      }
    });
    check(document.documentElement.scrollWidth <= document.documentElement.clientWidth, 'the page itself does not scroll sideways');
  } catch (error) {
    failures.push('stopped: ' + error.stack);
  }
  const result = document.createElement('pre');
  result.id = 'browser-test';
  result.textContent = failures.length === 0 ? 'passed ' + checks + ' checks' : 'FAILED\n' + failures.join('\n');
  document.body.replaceChildren(result);
})();

// Sorting, filtering and charts. Everything that they show is already in the page's tables.
"use strict";
(() => {
  const number = (cell) => (cell.dataset.v === undefined || cell.dataset.v === "" ? null : Number(cell.dataset.v));

  function compare(a, b, descending) {
    if (a === null || b === null) return (a === null) - (b === null); // undefined figures stay last either way
    const order = typeof a === "number" ? a - b : a.localeCompare(b, "en", { numeric: true });
    return descending ? -order : order;
  }

  function sort_by(table, column) {
    const head = table.tHead.rows[0].cells[column];
    const descending = head.getAttribute("aria-sort") === "ascending";
    for (const cell of table.tHead.rows[0].cells) cell.removeAttribute("aria-sort");
    head.setAttribute("aria-sort", descending ? "descending" : "ascending");
    const body = table.tBodies[0];
    const numeric = head.classList.contains("num") && [...body.rows].some((row) => number(row.cells[column]) !== null);
    const key = (row) => (numeric ? number(row.cells[column]) : row.cells[column].textContent);
    const rows = [...body.rows].map((row) => ({ row, key: key(row) }));
    rows.sort((a, b) => compare(a.key, b.key, descending));
    body.append(...rows.map((entry) => entry.row));
  }

  function make_sortable(table) {
    [...table.tHead.rows[0].cells].forEach((cell, column) => {
      const button = document.createElement("button");
      button.type = "button";
      button.append(...cell.childNodes);
      button.addEventListener("click", () => sort_by(table, column));
      cell.append(button);
    });
  }

  function make_filter(table) {
    const line = document.createElement("p");
    line.className = "controls";
    const label = document.createElement("label");
    const input = document.createElement("input");
    const shown = document.createElement("span");
    input.type = "search";
    input.name = "filter-" + (table.closest("section").id || "rows");
    input.placeholder = "audio snr_db=0";
    label.append("Filter ", input);
    shown.setAttribute("role", "status");
    shown.textContent = "Click a column's head to sort.";
    shown.className = "quiet";
    line.append(label, shown);
    const rows = [...table.tBodies[0].rows];
    const texts = rows.map((row) => row.textContent.toLowerCase());
    input.addEventListener("input", () => {
      const words = input.value.toLowerCase().split(/\s+/);
      let count = 0;
      rows.forEach((row, i) => {
        row.hidden = !words.every((word) => texts[i].includes(word));
        if (!row.hidden) ++count;
      });
      shown.textContent = count + " of " + rows.length + " rows";
    });
    const scroll = table.closest(".scroll");
    scroll.before(line);
  }

  for (const table of document.querySelectorAll("table.sortable")) {
    make_sortable(table);
    if (table.tBodies[0].rows.length > 8) make_filter(table);
  }

  const palettes = {
    light: { line: "#1f5fa8", band: "rgba(31, 95, 168, .16)", floor: "#8a4a06", text: "#5c6470", grid: "#e4e7eb" },
    dark: { line: "#8cbcf0", band: "rgba(140, 188, 240, .2)", floor: "#f0b672", text: "#9ca4af", grid: "#2c3138" },
  };
  const dark = window.matchMedia("(prefers-color-scheme: dark)");
  const data = JSON.parse(document.getElementById("data").textContent);
  const plots = [...document.querySelectorAll(".plot")];
  const charts = new Map();
  let printing = false;
  if (plots.length === 0 || typeof Chart === "undefined") return;

  const metrics = data.metrics || [], curves = data.curves || [];  // a comparison has scatters instead
  const metric_of = (name) => metrics.find((metric) => metric.name === name);
  let metric = metric_of(data.primary) || metrics[0];

  const scaled = (value) => (typeof value === "number" ? (metric.share ? 100 * value : value) : null);
  const shown = (value) => (value === null ? "–" : metric.share ? value.toFixed(1) + " %" : value.toFixed(3));

  // One vertical range for all charts of a metric, so that their slopes can be compared.
  function vertical_range() {
    const values = [];
    for (const curve of curves) {
      if (curve.metric !== metric.name) continue;
      values.push(curve.clean);
      for (const p of curve.points) values.push(p.value, p.low, p.high, p.floor);
    }
    const finite = values.map(scaled).filter((value) => value !== null);
    const low = Math.min(...finite), high = Math.max(...finite);
    const room = 0.05 * (high - low || 1);
    return { min: low - room, max: high + room };
  }

  function options_for(curve, colours, range) {
    const ticks = { color: colours.text, font: { size: 11 } };
    return {
      animation: false,
      responsive: true,
      maintainAspectRatio: false,
      interaction: { mode: "index", intersect: false },
      plugins: {
        legend: { display: false },
        tooltip: {
          filter: (item) => item.dataset.told === true && item.parsed.y !== null,
          callbacks: {
            label: (item) => {
              const p = curve.points[item.dataIndex];
              if (item.dataset.label !== "value") return item.dataset.label + " " + shown(item.parsed.y);
              const low = scaled(p.low), high = scaled(p.high);
              const interval = low === null || high === null ? "" : " [" + shown(low) + ", " + shown(high) + "]";
              return metric.title + " " + shown(item.parsed.y) + interval;
            },
          },
        },
      },
      scales: {
        x: { title: { display: true, text: curve.axis, color: colours.text }, grid: { display: false }, ticks },
        y: {
          ...range,
          title: { display: true, text: metric.title + (metric.share ? " (%)" : ""), color: colours.text },
          grid: { color: colours.grid },
          ticks: { ...ticks, maxTicksLimit: 6, includeBounds: false },
        },
      },
    };
  }

  function datasets_for(curve, colours) {
    const series = (key) => curve.points.map((p) => scaled(p[key]));
    const line = curve.ignored ? colours.text : colours.line;  // no evidence of robustness: grey
    const bound = { borderWidth: 0, pointRadius: 0, pointHitRadius: 0, backgroundColor: colours.band };
    return [
      { label: "low", data: series("low"), fill: false, ...bound },
      { label: "high", data: series("high"), fill: "-1", ...bound },
      { label: "value", told: true, data: series("value"), borderColor: line, backgroundColor: line,
        borderWidth: 2, pointRadius: 3 },
      { label: "floor", told: true, data: series("floor"), borderColor: colours.floor, borderWidth: 1.5,
        borderDash: [5, 4], pointRadius: 0 },
      { label: "clean", told: true, data: curve.points.map(() => scaled(curve.clean)), borderColor: line,
        borderWidth: 1.5, borderDash: [1, 4], pointRadius: 0 },
    ];
  }

  function curve_config(key, colours, range) {
    const curve = curves.find((c) => c.key === key && c.metric === metric.name);
    return curve && {
      type: "line",
      data: { labels: curve.points.map((p) => p.label), datasets: datasets_for(curve, colours) },
      options: options_for(curve, colours, range),
    };
  }

  // Answers of two runs to the same samples; shape and filling tell who is right, not colour alone.
  const kinds = [
    { label: "right in both", pointStyle: "circle", pointRadius: 2, hollow: false, colour: "line" },
    { label: "lost", pointStyle: "triangle", rotation: 180, pointRadius: 5, hollow: false, colour: "floor" },
    { label: "gained", pointStyle: "triangle", rotation: 0, pointRadius: 5, hollow: false, colour: "line" },
    { label: "wrong in both", pointStyle: "circle", pointRadius: 2.5, hollow: true, colour: "text" },
  ];

  function scatter_config(key, colours) {
    const scatter = data.scatters.find((s) => s.key === key);
    const values = scatter.points.flatMap((p) => [p[0], p[1]]);
    const low = values.reduce((a, b) => Math.min(a, b)), high = values.reduce((a, b) => Math.max(a, b));
    const room = 0.03 * (high - low || 1);
    const min = low - room, max = high + room;
    const ticks = { color: colours.text, font: { size: 11 }, maxTicksLimit: 7, includeBounds: false };
    const axis = (text) => ({ type: "linear", min, max, ticks, grid: { color: colours.grid },
      title: { display: true, text, color: colours.text } });
    const datasets = kinds.map((kind, index) => ({
      ...kind,
      data: scatter.points.filter((p) => p[2] === index).map((p) => ({ x: p[0], y: p[1] })),
      borderColor: colours[kind.colour],
      backgroundColor: kind.hollow ? "transparent" : colours[kind.colour],
      borderWidth: 1,
    }));
    datasets.push({ label: "equal", type: "line", data: [{ x: min, y: min }, { x: max, y: max }], pointRadius: 0,
      pointHitRadius: 0, borderColor: colours.text, borderWidth: 1, borderDash: [5, 4] });
    const label = (item) => item.dataset.label + ": " + item.parsed.x.toFixed(3) + " → " + item.parsed.y.toFixed(3);
    return {
      type: "scatter",
      data: { datasets },
      options: {
        animation: false, responsive: true, maintainAspectRatio: false,
        plugins: { legend: { display: false }, tooltip: { callbacks: { label } } },
        scales: { x: axis(scatter.x), y: axis(scatter.y) },
      },
    };
  }

  function draw(plot, range) {
    if (charts.has(plot)) charts.get(plot).destroy();
    charts.delete(plot);
    const colours = palettes[dark.matches && !printing ? "dark" : "light"];
    const { curve, scatter } = plot.dataset;
    const config = scatter === undefined ? curve_config(curve, colours, range) : scatter_config(scatter, colours);
    plot.hidden = !config;
    if (config) charts.set(plot, new Chart(plot.querySelector("canvas"), config));
  }

  // Many charts are drawn only as they come near the window; few enough at once.
  const at_once = 60;
  const visible = new Set();
  const observer = new IntersectionObserver((entries) => {
    const range = vertical_range();
    for (const entry of entries) {
      if (!entry.isIntersecting || visible.has(entry.target)) continue;
      visible.add(entry.target);
      draw(entry.target, range);
    }
  }, { rootMargin: "600px" });
  function redraw() {
    const range = vertical_range();
    for (const plot of visible) draw(plot, range);
  }
  for (const plot of plots) {
    plot.hidden = false;
    if (plot.dataset.curve !== undefined) plot.closest("figure").querySelector("details").open = false;
    if (plots.length > at_once) observer.observe(plot);
    else visible.add(plot);
  }
  redraw();
  dark.addEventListener("change", redraw);

  window.addEventListener("beforeprint", () => {
    printing = true;
    for (const plot of plots) visible.add(plot);
    redraw();
  });
  window.addEventListener("afterprint", () => {
    printing = false;
    redraw();
  });

  if (metrics.length > 1) {
    const chooser = document.getElementById("chooser");
    const label = document.createElement("label");
    const select = document.createElement("select");
    select.name = "metric";
    for (const entry of metrics) {
      const option = document.createElement("option");
      option.value = entry.name;
      option.textContent = entry.title;
      select.append(option);
    }
    select.addEventListener("change", () => {
      metric = metric_of(select.value);
      redraw();
    });
    label.append("Metric of the charts ", select);
    chooser.append(label);
    chooser.hidden = false;
  }
})();

// Players of the gallery: one at a time, and a pair goes on where the other stopped.
(() => {
  const players = [...document.querySelectorAll(".pair audio")];
  const played = new Map();  // pair -> the player that was heard last
  for (const player of players) {
    const pair = player.closest(".pair");
    player.addEventListener("play", () => {
      for (const other of players) if (other !== player) other.pause();
      const last = played.get(pair);
      played.set(pair, player);
      if (!last || last === player) return;
      const at = last.ended ? 0 : last.currentTime;
      player.currentTime = at >= player.duration ? 0 : at;  // false while the duration is not known
    });
  }
})();

// From a table's figures to ECharts options: (data, colour, {narrow, max}) → option.
const frame = (colour) => ({
  axisLine: { lineStyle: { color: colour("line-strong") } },
  axisTick: { show: false },
  axisLabel: { color: colour("ink-soft"), fontSize: 12 },
  splitLine: { lineStyle: { color: colour("line") } },
});
const palette = (colour) => [colour("action"), colour("ink"), colour("line-strong"), colour("good"), colour("warn")];

/** Steps from the base to the total; the bars float on invisible ones. */
export function waterfall({ rows }, colour, { narrow }) {
  let level = 0;
  const steps = rows.map(({ label, kind, value, values: [text] }) => {
    const amount = Number(value);
    const from = kind === "base" || kind === "total" ? 0 : level;
    const to = kind === "base" || kind === "total" ? amount : level + amount;
    level = to;
    return { label, kind, text, low: Math.min(from, to), height: Math.abs(to - from), low0: Math.min(from || to, to) };
  });
  const changing = steps.filter(({ kind }) => kind === "plus" || kind === "minus").map(({ low }) => low);
  // Small changes on a base of 100 would be hair lines: the axis begins a little under the lowest step.
  const lowest = Math.min(...changing, ...steps.map((step) => step.low0)) - 2;
  const span = Math.max(...steps.map(({ low, height }) => low + height)) - lowest;
  const interval = [1, 2, 5, 10, 20, 50, 100].find((size) => span / size <= 6) ?? 200;
  const floor = changing.length ? Math.max(0, Math.floor(lowest / interval) * interval) : 0;
  const fills = { base: colour("line-strong"), total: colour("ink"), plus: colour("action"), minus: colour("warn") };
  const names = { ...frame(colour), type: "category", data: steps.map(({ label }) => label), inverse: narrow, splitLine: { show: false } };
  names.axisLabel = { ...names.axisLabel, interval: 0, width: narrow ? 88 : 80, overflow: "break", lineHeight: 16 };
  const values = { ...frame(colour), type: "value", min: floor, interval: floor ? interval : undefined, axisLine: { show: false } };
  const bar = (extra) => ({ type: "bar", stack: "steps", barMaxWidth: 48, ...extra });
  return {
    grid: { left: 8, right: narrow ? 48 : 16, top: 28, bottom: 8, containLabel: true },
    xAxis: narrow ? { ...values, axisLabel: { show: false } } : names,
    yAxis: narrow ? names : values,
    series: [
      bar({ silent: true, itemStyle: { color: "transparent" }, data: steps.map(({ low }) => low) }),
      bar({
        data: steps.map(({ height, kind }) => ({ value: height, itemStyle: { color: fills[kind] } })),
        label: { show: true, position: narrow ? "right" : "top", color: colour("ink"), fontSize: 12, formatter: ({ dataIndex }) => steps[dataIndex].text },
      }),
    ],
  };
}

const columns = ({ names, rows }) => names.map((name, column) => ({ name, data: rows.map(({ values }) => Number(values[column])) }));

/** On a phone the year stands above the rest of a period. */
const broken = (label) => label.replace(/^(\d{4} 年) ?/, "$1\n");

export const series = (type) => (data, colour, { max, narrow }) => ({
  color: palette(colour),
  tooltip: { trigger: "axis", confine: true },
  legend: { show: data.names.length > 1, top: 0, left: 0, icon: "roundRect", textStyle: { color: colour("ink") } },
  grid: { left: 8, right: 16, top: data.names.length > 1 ? 40 : 16, bottom: 8, containLabel: true },
  xAxis: { ...frame(colour), type: "category", data: data.rows.map(({ label }) => (narrow ? broken(label) : label)), splitLine: { show: false } },
  yAxis: { ...frame(colour), type: "value", max, scale: type === "line", axisLine: { show: false } },
  series: columns(data).map((column) => ({ ...column, type, barMaxWidth: 40, symbolSize: 7, lineStyle: { width: 2 } })),
});

export function radar(data, colour, { max }) {
  const shapes = columns(data);
  const top = Number(max ?? Math.max(...shapes.flatMap(({ data: figures }) => figures)));
  return {
    color: palette(colour),
    tooltip: { confine: true },
    legend: { bottom: 0, icon: "roundRect", textStyle: { color: colour("ink") } },
    radar: { indicator: data.rows.map(({ label }) => ({ name: label, max: top })), radius: "62%", axisName: { color: colour("ink") }, splitArea: { show: false }, splitLine: { lineStyle: { color: colour("line") } } },
    series: [{ type: "radar", data: shapes.map(({ name, data: value }) => ({ name, value, areaStyle: { opacity: 0.08 } })) }],
  };
}

export function gauge({ rows }, colour, { max }) {
  const [{ label, values }] = rows;
  return {
    series: [{
      type: "gauge", max: Number(max ?? 100), startAngle: 200, endAngle: -20, radius: "100%", center: ["50%", "62%"],
      progress: { show: true, width: 12, itemStyle: { color: colour("action") } },
      axisLine: { lineStyle: { width: 12, color: [[1, colour("sunken")]] } },
      pointer: { show: false }, axisTick: { show: false }, splitLine: { show: false },
      axisLabel: { color: colour("ink-soft"), distance: -4, fontSize: 12 },
      title: { color: colour("ink-soft"), fontSize: 14, offsetCenter: [0, "30%"] },
      detail: { color: colour("ink"), fontSize: 28, fontWeight: 600, offsetCenter: [0, 0], formatter: () => values[0] },
      data: [{ value: Number(values[0]), name: label }],
    }],
  };
}

import { readFileSync } from "node:fs";
import * as palette from "../palette.ts";

const font = (name: string) =>
  readFileSync(new URL(`../../../fonts/${name}.woff2`, import.meta.url)).toString("base64");

const face = (weight: number, name: string) =>
  `@font-face{font-family:Inter;font-weight:${weight};font-style:normal;src:url(data:font/woff2;base64,${font(name)}) format("woff2")}`;

/** The look of the PDF, for a screen of any width and for paper. Fonts are within, so that nothing is fetched. */
export function styleSheet(): string {
  return `${face(400, "inter-latin-regular")}${face(600, "inter-latin-semibold")}
*{box-sizing:border-box}
body{margin:0;border-top:9px solid ${palette.accent};background:${palette.paper};color:${palette.ink};font:14px/1.45 Inter,"DejaVu Sans",sans-serif;font-variant-numeric:tabular-nums}
ul.fine{font-size:12px;color:${palette.inkSoft}}
header,nav,main,footer{max-width:62rem;margin:0 auto;padding:0 1.5rem}
header{padding-top:1.6rem}
.site{color:${palette.accent};font-weight:600;margin:0}
h1{font-size:2rem;line-height:1.2;margin:.2rem 0}
h2{font-size:1.35rem;margin:2.4rem 0 .5rem}
h3{font-size:1.1rem;margin:1.8rem 0 .4rem}
h4{font-size:.95rem;margin:1.3rem 0 .4rem}
.sub{color:${palette.inkSoft};font-size:1.05rem;margin:0 0 .9rem}
dl{display:grid;grid-template-columns:8rem 1fr;gap:.25rem 0;border:solid ${palette.hairline};border-width:1px 0;padding:.6rem 0;margin:0;font-size:.9rem}
dt{color:${palette.inkFaint}}
dd{margin:0}
.warn{color:${palette.warning}}
nav{font-size:.85rem;padding-top:.8rem}
nav a{margin-right:1rem;white-space:nowrap}
a{color:${palette.accent}}
.intro,.note{color:${palette.inkSoft};margin:.2rem 0 .8rem}
.note{color:${palette.inkFaint};font-size:.8rem}
.notice{background:${palette.card};border-left:4px solid ${palette.noteEdge};border-radius:3px;padding:.6rem .9rem;color:${palette.inkSoft}}
.notice.warn{background:${palette.warningPaper};border-color:${palette.warning};color:${palette.warning}}
.figures{display:grid;grid-template-columns:repeat(auto-fit,minmax(11rem,1fr));gap:.6rem;margin:.6rem 0}
.figures div{background:${palette.card};border-radius:4px;padding:.6rem .8rem;overflow-wrap:anywhere}
.figures small{display:block;color:${palette.inkSoft};font-size:.78rem}
.figures b{display:block;font-size:1.35rem;font-weight:600;line-height:1.3}
.scroll{overflow-x:auto}
table{border-collapse:collapse;width:100%;font-size:.82rem}
th{color:${palette.inkSoft};font-weight:600;text-align:left;vertical-align:bottom;border-bottom:1px solid ${palette.inkFaint};padding:.25rem .5rem}
td{border-bottom:1px solid ${palette.hairline};padding:.25rem .5rem;vertical-align:top;overflow-wrap:anywhere;min-width:3rem}
td.n,th.n{text-align:right}
td.n{white-space:nowrap}
.n{font-feature-settings:"tnum"}
tr.others td,tr.below td{color:${palette.inkSoft}}
tr.total td{font-weight:600;border-top:1px solid ${palette.inkFaint};border-bottom:0}
.bar{display:inline-block;height:.7em;margin-right:.5em;vertical-align:baseline}
svg{display:block;width:100%;height:auto;font-family:Inter,"DejaVu Sans",sans-serif}
figure{margin:0}
footer{color:${palette.inkFaint};font-size:.8rem;border-top:1px solid ${palette.hairline};margin-top:2.5rem;padding-top:.6rem;padding-bottom:2rem}
@media print{body{font-size:10px}h2,h3,h4{break-after:avoid}figure,.figures,tr{break-inside:avoid}nav{display:none}}
`;
}

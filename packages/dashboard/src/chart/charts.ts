/** The parts of ECharts that the page draws with; loaded when the first chart is. */
import { LineChart, SankeyChart, SunburstChart, ThemeRiverChart, TreemapChart } from "echarts/charts";
import { GridComponent, MarkLineComponent, SingleAxisComponent, TooltipComponent } from "echarts/components";
import { use } from "echarts/core";
import { SVGRenderer } from "echarts/renderers";

use([
  LineChart,
  SankeyChart,
  SunburstChart,
  ThemeRiverChart,
  TreemapChart,
  GridComponent,
  MarkLineComponent,
  SingleAxisComponent,
  TooltipComponent,
  SVGRenderer,
]);

export { init } from "echarts/core";

//! Times against sizes as a drawing, both on logarithmic scales.

use std::error::Error;

use plotters::prelude::*;

use super::{Point, Series};

/// Width and height in pixels.
const SIZE: (u32, u32) = (960, 400);

const MEASURED: RGBColor = RGBColor(31, 90, 166);
const GROWTH: RGBColor = RGBColor(150, 150, 150);

/// The series side by side, as the text of an SVG file.
///
/// # Errors
///
/// What could not be drawn.
pub fn draw(series: &[Series]) -> Result<String, String> {
    let mut text = String::new();
    fill(&mut text, series).map_err(|error| format!("the chart of scaling: {error}"))?;
    Ok(text)
}

fn fill(text: &mut String, series: &[Series]) -> Result<(), Box<dyn Error>> {
    let root = SVGBackend::with_string(text, SIZE).into_drawing_area();
    root.fill(&WHITE)?;
    for (area, series) in root.split_evenly((1, series.len())).into_iter().zip(series) {
        panel(&area, series)?;
    }
    root.present()?;
    Ok(())
}

fn panel(
    area: &DrawingArea<SVGBackend, plotters::coord::Shift>,
    series: &Series,
) -> Result<(), Box<dyn Error>> {
    let points = &series.points;
    let (Some(first), Some(last)) = (points.first(), points.last()) else { return Ok(()) };
    let size = |point: &Point| point.size as f64;
    // What each step would take at the speed of the largest.
    let growth = |point: &Point| last.seconds * 1e3 * point.flops / last.flops;
    let time = |point: &Point| point.seconds * 1e3;
    let all = || points.iter().flat_map(|point| [growth(point), time(point)]);
    let low = all().fold(f64::INFINITY, f64::min) / 1.5;
    let high = all().fold(0.0, f64::max) * 1.5;
    let mut chart = ChartBuilder::on(area)
        .caption(format!("{} ({})", series.title, series.fixed), ("sans-serif", 18))
        .margin(12)
        .x_label_area_size(36)
        .y_label_area_size(56)
        .build_cartesian_2d(
            (size(first) / 1.2..size(last) * 1.2)
                .log_scale()
                .with_key_points(points.iter().map(size).collect()),
            (low..high).log_scale(),
        )?;
    chart
        .configure_mesh()
        .x_desc(series.title)
        .y_desc("milliseconds for a step")
        .x_label_formatter(&|x| x.to_string())
        .y_label_formatter(&|y| y.to_string())
        .light_line_style(RGBColor(240, 240, 240))
        .draw()?;
    let line = |value: &dyn Fn(&Point) -> f64| -> Vec<(f64, f64)> {
        points.iter().map(|point| (size(point), value(point))).collect()
    };
    chart
        .draw_series(LineSeries::new(line(&growth), GROWTH.stroke_width(2)))?
        .label("growth of the work")
        .legend(|(x, y)| PathElement::new([(x, y), (x + 20, y)], GROWTH.stroke_width(2)));
    chart
        .draw_series(LineSeries::new(line(&time), MEASURED.stroke_width(2)))?
        .label("time")
        .legend(|(x, y)| PathElement::new([(x, y), (x + 20, y)], MEASURED.stroke_width(2)));
    chart.draw_series(line(&time).into_iter().map(|at| Circle::new(at, 3, MEASURED.filled())))?;
    chart
        .configure_series_labels()
        .position(SeriesLabelPosition::UpperLeft)
        .background_style(WHITE)
        .border_style(GROWTH)
        .draw()?;
    Ok(())
}

//! Tables without lines: columns two spaces apart, aligned by display width.

use std::fmt::Write as _;

use comfy_table::{ColumnConstraint, ContentArrangement, Table};

use crate::cli::layout::{BOLD, clean};
use crate::cli::screen::Screen;

/// A table with a heading. Cells wrap to fit a terminal and stay whole elsewhere.
pub(crate) fn table<const N: usize>(
    screen: &Screen,
    heading: [&str; N],
    rows: impl IntoIterator<Item = [String; N]>,
) -> String {
    let mut table = Table::new();
    table.load_style(comfy_table::presets::NOTHING);
    table.set_header(heading);
    table.add_rows(rows.into_iter().map(|row| row.map(|cell| clean(&cell).into_owned())));
    table.set_content_arrangement(ContentArrangement::Disabled);
    if let Some(width) = screen.width {
        table.set_content_arrangement(ContentArrangement::Dynamic);
        table.set_width(u16::try_from(width).unwrap_or(u16::MAX));
    }
    let whole = leading_columns_fit(&table, screen.width);
    let last = N.saturating_sub(1);
    for (at, column) in table.column_iter_mut().enumerate() {
        column.set_padding((0, 2));
        if whole && at < last {
            column.set_constraint(ColumnConstraint::ContentWidth);
        }
    }
    let mut out = String::new();
    for (at, line) in table.lines().enumerate() {
        let line = line.trim_end();
        // The first line is the heading: headings are single words.
        let _ = if at == 0 { writeln!(out, "{BOLD}{line}{BOLD:#}") } else { writeln!(out, "{line}") };
    }
    out
}

/// Names must not be torn apart where the last column, a text, can wrap instead.
fn leading_columns_fit(table: &Table, width: Option<usize>) -> bool {
    const LEAST: usize = 16;
    let widths = table.column_max_content_widths();
    let leading = widths.split_last().map_or(0, |(_, rest)| rest.iter().map(|&width| usize::from(width) + 2).sum());
    width.is_some_and(|width| leading + LEAST <= width)
}

#[cfg(test)]
mod tests {
    use apigw_errors::Lang;
    use unicode_width::UnicodeWidthStr;

    use super::*;

    #[test]
    fn chinese_cells_are_two_columns_wide() {
        let screen = Screen { lang: Lang::Zh, width: None, colour: false };
        let rows = [["签名".to_owned(), "x".to_owned()], ["ab".to_owned(), "y".to_owned()]];
        let text = anstream::adapter::strip_str(&table(&screen, ["厂商", "n"], rows)).to_string();
        let columns: Vec<usize> = text.lines().map(|line| line.rsplit_once(' ').unwrap().0.width()).collect();
        assert_eq!(text, "厂商  n\n签名  x\nab    y\n");
        assert_eq!(columns, [5, 5, 5]);
    }
}

//! What the output has to fit: language, width, colours.

use std::env;
use std::io::{self, IsTerminal};

use apigw_errors::Lang;
use clap::ColorChoice;

use crate::cli::{facet, locale};

/// Arguments of every subcommand.
#[derive(Debug, clap::Args)]
#[group(skip)]
pub(crate) struct Args {
    /// Language of the explanations; by default that of the locale.
    #[arg(long, global = true, value_name = "LANG", value_parser = facet::langs())]
    lang: Option<Lang>,
    /// When to use colours. `auto` heeds `NO_COLOR`.
    #[arg(long, global = true, value_name = "WHEN", default_value = "auto", hide_possible_values = false)]
    color: ColorChoice,
}

impl Args {
    pub(crate) fn colour(&self) -> ColorChoice {
        self.color
    }
}

/// See the module.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Screen {
    /// Language of explanations and headings.
    pub(crate) lang: Lang,
    /// Columns; `None` where the output is no terminal, so that lines stay whole for `grep`.
    pub(crate) width: Option<usize>,
    /// Whether colours will be seen; text passed through `anstream` need not ask.
    pub(crate) colour: bool,
}

impl Screen {
    pub(crate) fn new(args: &Args) -> Self {
        let given = env::var("COLUMNS").ok().and_then(|text| text.parse().ok()).filter(|&width| width >= 20);
        let terminal = io::stdout().is_terminal();
        let measured = || terminal_size::terminal_size().map(|(width, _)| usize::from(width.0));
        let colour = match args.color {
            ColorChoice::Always => true,
            ColorChoice::Never => false,
            ColorChoice::Auto => anstream::AutoStream::choice(&io::stdout()) != anstream::ColorChoice::Never,
        };
        Self {
            lang: args.lang.unwrap_or_else(|| locale::lang(|name| env::var(name).ok())),
            width: given.or_else(|| if terminal { measured() } else { None }),
            colour,
        }
    }

    /// Columns for running text.
    pub(crate) fn paragraph(&self) -> usize {
        self.width.unwrap_or(100).min(100)
    }
}

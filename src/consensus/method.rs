//! Methods of consensus, by the names that the command line and JavaScript know them by.

use crate::agreement::Kind;

/// A method of consensus.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Method {
    /// [`BoxVote`](super::BoxVote).
    BoxVote,
    /// [`BradleyTerry`](super::BradleyTerry).
    BradleyTerry,
    /// [`crowdlab`](super::crowdlab).
    Crowdlab,
    /// [`DawidSkene`](super::DawidSkene).
    DawidSkene,
    /// [`DawidSkene`](super::DawidSkene) with `hard`.
    FastDawidSkene,
    /// [`Glad`](super::Glad).
    Glad,
    /// [`Kos`](super::Kos).
    Kos,
    /// [`Mace`](super::Mace).
    Mace,
    /// [`majority_vote`](super::majority_vote).
    MajorityVote,
    /// The mean of [`number_estimate`](super::number_estimate).
    Mean,
    /// The median of [`number_estimate`](super::number_estimate).
    Median,
    /// [`Medoid`](super::Medoid).
    Medoid,
    /// [`MMsr`](super::MMsr).
    MMsr,
    /// [`NoisyBradleyTerry`](super::NoisyBradleyTerry).
    NoisyBradleyTerry,
    /// [`OneCoinDawidSkene`](super::OneCoinDawidSkene).
    OneCoinDawidSkene,
    /// [`rank_vote`](super::rank_vote).
    RankVote,
    /// [`Rover`](super::Rover).
    Rover,
    /// [`SetVote`](super::SetVote).
    SetVote,
    /// [`SpanVote`](super::SpanVote).
    SpanVote,
    /// [`wawa`](super::wawa).
    Wawa,
    /// [`Medoid`](super::Medoid) with reliabilities.
    WeightedMedoid,
    /// [`ZeroBasedSkill`](super::ZeroBasedSkill).
    ZeroBasedSkill,
}

impl Method {
    /// All methods, in the order in which they are told.
    pub const ALL: [Self; 22] = [
        Self::MajorityVote,
        Self::Wawa,
        Self::ZeroBasedSkill,
        Self::OneCoinDawidSkene,
        Self::DawidSkene,
        Self::FastDawidSkene,
        Self::Glad,
        Self::Mace,
        Self::Kos,
        Self::MMsr,
        Self::Crowdlab,
        Self::Mean,
        Self::Median,
        Self::SetVote,
        Self::SpanVote,
        Self::BoxVote,
        Self::RankVote,
        Self::BradleyTerry,
        Self::NoisyBradleyTerry,
        Self::Rover,
        Self::Medoid,
        Self::WeightedMedoid,
    ];

    /// The method by its name; none for another.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|method| method.as_str() == name)
    }

    /// The method's name.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::BoxVote => "box-vote",
            Self::BradleyTerry => "bradley-terry",
            Self::Crowdlab => "crowdlab",
            Self::DawidSkene => "dawid-skene",
            Self::FastDawidSkene => "fast-dawid-skene",
            Self::Glad => "glad",
            Self::Kos => "kos",
            Self::Mace => "mace",
            Self::MajorityVote => "majority-vote",
            Self::Mean => "mean",
            Self::Median => "median",
            Self::Medoid => "medoid",
            Self::MMsr => "m-msr",
            Self::NoisyBradleyTerry => "noisy-bradley-terry",
            Self::OneCoinDawidSkene => "one-coin-dawid-skene",
            Self::RankVote => "rank-vote",
            Self::Rover => "rover",
            Self::SetVote => "set-vote",
            Self::SpanVote => "span-vote",
            Self::Wawa => "wawa",
            Self::WeightedMedoid => "weighted-medoid",
            Self::ZeroBasedSkill => "zero-based-skill",
        }
    }

    /// What the method does, in a few words.
    #[must_use]
    pub fn summary(self) -> &'static str {
        match self {
            Self::BoxVote => "Boxes that enough annotators drew, each edge the median of theirs",
            Self::BradleyTerry => "Strengths of items from preferences between them",
            Self::Crowdlab => "Annotators and a model's probabilities, see `--probabilities`",
            Self::DawidSkene => {
                "A confusion matrix for each annotator, by expectation and maximisation"
            }
            Self::FastDawidSkene => {
                "The same, with the most probable label taken for certain in each step"
            }
            Self::Glad => "Abilities of annotators and ease of tasks",
            Self::Kos => "Messages between tasks and annotators; for two labels",
            Self::Mace => "Annotators who know a label or spam",
            Self::MajorityVote => {
                "The label of most annotators: the floor that all others are compared with"
            }
            Self::Mean => "The mean of numbers",
            Self::Median => "The median of numbers",
            Self::Medoid => "The answer that is nearest to the others, for any kind of label",
            Self::MMsr => {
                "Skills from how often pairs of annotators agree, robust against some who lie"
            }
            Self::NoisyBradleyTerry => "The same, with annotators who do not always look",
            Self::OneCoinDawidSkene => {
                "One accuracy for each annotator, by expectation and maximisation"
            }
            Self::RankVote => "Rankings joined by Borda's count and exchanges of neighbours",
            Self::Rover => "Texts joined word by word",
            Self::SetVote => "The classes that more than a share chose, see `--share`",
            Self::SpanVote => "The characters that more than a share marked, see `--share`",
            Self::Wawa => "Votes weighted by agreement with the majority vote",
            Self::WeightedMedoid => {
                "The same, with votes weighted by how near annotators are to it"
            }
            Self::ZeroBasedSkill => {
                "Votes weighted by skills that follow the agreement with the vote"
            }
        }
    }

    /// The usual method for a kind of label.
    #[must_use]
    pub fn usual(kind: Kind) -> Self {
        match kind {
            Kind::Boxes => Self::BoxVote,
            Kind::Interval | Kind::Ratio => Self::Mean,
            Kind::Ranking => Self::RankVote,
            Kind::Set => Self::SetVote,
            Kind::Spans => Self::SpanVote,
            Kind::Text => Self::Rover,
            Kind::Circular | Kind::Keypoints | Kind::Polygons => Self::Medoid,
            Kind::Class | Kind::Ordinal => Self::DawidSkene,
        }
    }

    /// Whether of tied labels the one of most votes is named, and the first in the order of labels only among those.
    #[must_use]
    pub fn breaks_ties_by_votes(self) -> bool {
        matches!(self, Self::DawidSkene | Self::FastDawidSkene)
    }

    /// Whether the method can work with labels of this kind.
    #[must_use]
    pub fn takes(self, kind: Kind) -> bool {
        match self {
            Self::BoxVote => kind == Kind::Boxes,
            Self::BradleyTerry | Self::NoisyBradleyTerry | Self::RankVote => kind == Kind::Ranking,
            Self::Mean | Self::Median => {
                matches!(kind, Kind::Ordinal | Kind::Interval | Kind::Ratio)
            }
            Self::Rover => kind == Kind::Text,
            Self::SetVote => kind == Kind::Set,
            Self::SpanVote => kind == Kind::Spans,
            // Whatever can be the same can be voted on, and whatever has a distance has a medoid.
            _ => true,
        }
    }
}

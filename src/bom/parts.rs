//! A BOM that was read and has no index yet, and its way from where it is read to where it is to be.
//!
//! In JavaScript the two are wasm modules of their own, so that the one that everybody loads need not know how a BOM
//! is read. The items go over in blocks while the document still comes, so that they are in one place at a time.

use crate::digest::{Algorithm, Digest};
use crate::error::{Error, ErrorCode};
use crate::state::{self, Kind, Loader, Saver, State, fields};

use super::completeness::Completeness;
use super::items::{Counts, Items};
use super::{Backing, Bom, Header, IndexReference, SpecVersion};

/// What was read of a document.
pub(super) struct Parts {
    pub(super) header: Header,
    pub(super) completeness: Completeness,
    pub(super) items: Items,
}

/// A BOM and what stands behind it, ready to be handed over to a [`Received`].
pub struct Handover {
    /// None when it is in an envelope that is refused.
    parts: Option<Parts>,
    backing: Backing,
}

const KIND: Kind = Kind { magic: *b"LGBO", noun: "BOM" };

impl Handover {
    pub(super) fn new(parts: Option<Parts>, backing: Backing) -> Self {
        Self { parts, backing }
    }

    /// The next block of items; the last one comes before nothing more does.
    pub fn take_block(&mut self) -> Option<Vec<u8>> {
        self.parts.as_mut()?.items.take_block()
    }

    /// All but the items, as bytes for [`Received::conclude`].
    #[must_use]
    pub fn save(&self) -> Vec<u8> {
        state::save(KIND, self)
    }

    /// Builds the index here. Only for one of which no block was taken.
    pub(super) fn conclude(self) -> Result<(Option<Bom>, Backing), Error> {
        Ok((self.parts.map(Bom::of).transpose()?, self.backing))
    }
}

/// The other side of a [`Handover`]: the blocks of items as they come, and at last the BOM.
#[derive(Default)]
pub struct Received {
    blocks: Vec<Vec<u8>>,
}

impl Received {
    /// Takes the next block.
    pub fn push(&mut self, block: Vec<u8>) {
        self.blocks.push(block);
    }

    /// The BOM, unless it is in an envelope that is refused, and what stands behind it. `saved` is what
    /// [`Handover::save`] gave.
    ///
    /// # Errors
    /// [`ErrorCode::State`] when `saved` is damaged, or the blocks are not those that belong to it;
    /// [`ErrorCode::Bom`] when one bom-ref is given to two components, or is the name of another item.
    pub fn conclude(self, saved: &[u8]) -> Result<(Option<Bom>, Backing), Error> {
        let mut handover: Handover = state::restore(KIND, saved)?;
        if let Some(parts) = &mut handover.parts {
            parts.items = Items::from_blocks(self.blocks, parts.items.counts());
            if !parts.items.is_whole() {
                return Err(Error::new(ErrorCode::State, "expected all blocks of the BOM"));
            }
        }
        handover.conclude()
    }
}

fields!(Handover { parts, backing });
/// All but the items: they go over in blocks.
impl State for Parts {
    fn save_to(&self, out: &mut Saver) {
        self.header.save_to(out);
        self.completeness.save_to(out);
        self.items.counts().save_to(out);
    }

    fn restore_from(input: &mut Loader<'_>) -> Option<Self> {
        let (header, completeness) = (input.take()?, input.take()?);
        Some(Self { header, completeness, items: Items::from_blocks(Vec::new(), input.take()?) })
    }
}

impl State for Counts {
    fn save_to(&self, out: &mut Saver) {
        for count in [self.records, self.items, self.weak_only, self.digests, self.own_bom_refs] {
            u64::try_from(count).unwrap_or(u64::MAX).save_to(out);
        }
    }

    fn restore_from(input: &mut Loader<'_>) -> Option<Self> {
        let mut count = || usize::try_from(input.take::<u64>()?).ok();
        Some(Self {
            records: count()?,
            items: count()?,
            weak_only: count()?,
            digests: count()?,
            own_bom_refs: count()?,
        })
    }
}

impl State for Header {
    fn save_to(&self, out: &mut Saver) {
        self.digest.save_to(out);
        self.index.as_deref().cloned().save_to(out);
        self.serial_number.save_to(out);
        out.text(self.spec_version.as_str());
        self.version.save_to(out);
    }

    fn restore_from(input: &mut Loader<'_>) -> Option<Self> {
        Some(Self {
            digest: input.take()?,
            index: input.take::<Option<IndexReference>>()?.map(Box::new),
            serial_number: input.take()?,
            spec_version: SpecVersion::from_name(&input.text()?)?,
            version: input.take()?,
        })
    }
}

fields!(IndexReference { bom_ref, digest, url });

/// Of SHA-256: a BOM names no other documents.
impl State for Digest {
    fn save_to(&self, out: &mut Saver) {
        out.list(self.as_bytes());
    }

    fn restore_from(input: &mut Loader<'_>) -> Option<Self> {
        Self::from_bytes(Algorithm::Sha256, &input.list::<u8>()?).ok()
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::bom::{BomLimits, BomLoader, TrustSettings};

    fn document(names: &[String]) -> String {
        let component = |name: &String| {
            let value = "0".repeat(64);
            format!(
                r#"{{"type":"file","name":"{name}","hashes":[{{"alg":"SHA-256","content":"{value}"}}]}}"#
            )
        };
        let items: Vec<String> = names.iter().map(component).collect();
        format!(
            r#"{{"bomFormat":"CycloneDX","specVersion":"1.7","serialNumber":"urn:uuid:00000000-0000-4000-8000-000000000000","version":7,"components":[{{"type":"data","name":"d","bom-ref":"d","components":[{}]}}],"compositions":[{{"aggregate":"complete","assemblies":["d"]}}]}}"#,
            items.join(",")
        )
    }

    /// The document read here, and the same handed over while it was read.
    fn both_ways(document: &str, piece_bytes: usize) -> [(Option<Bom>, Backing); 2] {
        let read = |take: &mut dyn FnMut(&mut BomLoader)| {
            let mut loader = BomLoader::new(TrustSettings::default(), BomLimits::default());
            for piece in document.as_bytes().chunks(piece_bytes) {
                loader.push(piece).unwrap();
                take(&mut loader);
            }
            loader.finish().unwrap()
        };
        let here = read(&mut |_| {}).conclude().unwrap();
        let mut received = Received::default();
        let loaded = read(&mut |loader| {
            while let Some(block) = loader.take_block() {
                received.push(block);
            }
        });
        let mut handover = loaded.hand_over().unwrap();
        while let Some(block) = handover.take_block() {
            received.push(block);
        }
        [here, received.conclude(&handover.save()).unwrap()]
    }

    #[test]
    fn a_bom_of_many_blocks_is_the_same_when_it_was_handed_over() {
        let names: Vec<String> = (0..8_000).map(|n| format!("{n:040}")).collect();
        let [here, there] = both_ways(&document(&names), 10_000);
        assert!(here == there && here.0.unwrap().is_complete());
    }

    #[test]
    fn an_envelope_that_nobody_signed_hands_over_why_and_no_bom() {
        let mut loader = BomLoader::new(TrustSettings::default(), BomLimits::default());
        let envelope = br#"{"payload":"e30=","payloadType":"application/vnd.cyclonedx+json","signatures":[{"sig":"AA=="}]}"#;
        loader.push(envelope).unwrap();
        let mut handover = loader.finish().unwrap().hand_over().unwrap();
        assert!(handover.take_block().is_none());
        let (bom, backing) = Received::default().conclude(&handover.save()).unwrap();
        assert!(bom.is_none());
        assert_eq!(backing.refusal().unwrap().code, "no-pinned-key");
    }

    proptest! {
        #[test]
        fn what_is_missing_or_damaged_is_refused_and_never_panics(
            names in prop::collection::hash_set("[a-z]{1,9}", 1..9),
            at in any::<prop::sample::Index>(),
            bits in 1..=255_u8,
        ) {
            let names: Vec<String> = names.into_iter().collect();
            let document = document(&names);
            let loaded = || {
                let mut loader = BomLoader::new(TrustSettings::default(), BomLimits::default());
                loader.push(document.as_bytes()).unwrap();
                loader.finish().unwrap().hand_over().unwrap()
            };
            let mut handover = loaded();
            let block = handover.take_block().unwrap();
            let saved = handover.save();

            let cut = block.get(..at.index(block.len())).unwrap().to_vec();
            let refused = |blocks| Received { blocks }.conclude(&saved).is_err();
            prop_assert!(refused(vec![cut]));
            let twice = vec![block.clone(), block.clone()];
            prop_assert!(refused(twice));
            // Other names or digests are another BOM; what matters is that nothing goes beyond its bounds.
            let mut altered = block.clone();
            *altered.get_mut(at.index(block.len())).unwrap() ^= bits;
            let _ = Received { blocks: vec![altered] }.conclude(&saved);
            let mut head = saved.clone();
            *head.get_mut(at.index(saved.len())).unwrap() ^= bits;
            let _ = Received { blocks: vec![block] }.conclude(&head);
        }
    }
}
